package io.eventplatform.kafka;

import java.util.List;

/**
 * What was found and done for a {@link TopicPlan}, in its order.
 *
 * @param created names of the topics that this call created
 * @param verified names of the topics that existed as planned
 */
public record TopicReport(List<String> created, List<String> verified) {

    public TopicReport {
        created = List.copyOf(created);
        verified = List.copyOf(verified);
    }
}
