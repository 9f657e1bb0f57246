package io.eventplatform.processor;

/**
 * Counts since the runner started; of records whose commit is acknowledged.
 *
 * @param records records taken from the source
 * @param outputs records written to the target, or rows added to tables
 * @param duplicates records dropped because their id was in the dedup window
 * @param deadLetters records and timers that went to the dead-letter topic
 * @param commits acknowledged transactions or store commits
 * @param lag records between the last commit and the end of the source as last seen; -1 before it is known
 */
public record Progress(long records, long outputs, long duplicates, long deadLetters, long commits, long lag) {}
