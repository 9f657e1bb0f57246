package io.eventplatform.processor.internal;

import io.eventplatform.contract.InvalidEventException;
import io.eventplatform.processor.RetryPolicy;
import io.eventplatform.processor.Timer;
import io.eventplatform.processor.internal.StageGraph.InvalidOutputException;
import io.eventplatform.processor.internal.StageGraph.StageException;
import io.eventplatform.processor.internal.StateFormat.Parsed.SetTimer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the firing of one timer, and decides what a failure means, as {@link RecordRunner} does for a record: what
 * trying again cannot mend is a dead letter at once, anything else is tried again, then a dead letter.
 */
final class TimerRunner {

    private static final Logger LOG = LoggerFactory.getLogger(TimerRunner.class);

    private final StageGraph stages;
    private final DeadLetters deadLetters;
    private final RetryPolicy retryPolicy;
    private final OutputFinish outputs;
    private final BooleanSupplier closing;
    private final DeadLetterLog log;

    /** @param closing whether the worker was asked to stop */
    TimerRunner(
            StageGraph stages,
            DeadLetters deadLetters,
            RetryPolicy retryPolicy,
            OutputFinish outputs,
            Uptime uptime,
            BooleanSupplier closing) {
        this.stages = stages;
        this.deadLetters = deadLetters;
        this.retryPolicy = retryPolicy;
        this.outputs = outputs;
        this.closing = closing;
        this.log = new DeadLetterLog(uptime);
    }

    /**
     * What the firing leads to, or null if it failed and is to be tried again.
     *
     * @param unit without the timer, which is gone when it fires
     */
    @Nullable
    Effects run(int partition, SetTimer set, Timer timer, Unit unit) {
        try {
            stages.onTimer(set.stage(), timer, unit);
            outputs.finish(unit.effects());
            return unit.effects();
        } catch (VirtualMachineError e) {
            throw e;
        } catch (Throwable e) {
            Throwable cause = e instanceof StageException && e.getCause() != null ? e.getCause() : e;
            return giveUp(partition, set, timer, unit, cause);
        }
    }

    private @Nullable Effects giveUp(int partition, SetTimer set, Timer timer, Unit unit, Throwable cause) {
        if (cause instanceof StoppedException misbuilt) {
            throw misbuilt;
        }
        boolean forGood = cause instanceof InvalidEventException
                || cause instanceof InvalidOutputException
                || cause instanceof UnfitValueException;
        String detail = forGood ? String.valueOf(cause.getMessage()) : DeadLetters.describe(cause);
        if (!forGood && closing.getAsBoolean()) {
            return null; // an interrupt may be the cause, so it is not final: the next run tries again
        }
        if (!forGood && unit.attempt() < retryPolicy.maxAttempts()) {
            LOG.warn(
                    "A timer of stage {} in partition {} failed, attempt {} of {}: {}",
                    set.stage(),
                    partition,
                    unit.attempt(),
                    retryPolicy.maxAttempts(),
                    detail);
            return null;
        }
        Effects effects = unit.effects();
        effects.deadLetter(deadLetters.ofTimer(partition, set, timer, detail, unit.attempt()));
        log.deadLetter("a timer of stage " + set.stage() + " in partition " + partition, "timer.failed", detail);
        return effects;
    }
}
