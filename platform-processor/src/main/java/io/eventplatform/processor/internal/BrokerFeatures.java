package io.eventplatform.processor.internal;

import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.FeatureMetadata;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.admin.SupportedVersionRange;

/** What brokers can do. */
final class BrokerFeatures {

    private static final String GROUP_VERSION = "group.version";
    private static final String METADATA_VERSION = "metadata.version";

    /** The level of {@link #METADATA_VERSION} that came with Kafka 4.3. */
    private static final int KAFKA_4_3 = 30;

    private BrokerFeatures() {}

    /**
     * Refuses brokers that lack the consumer group protocol, or fence healthy transactional members under it.
     *
     * @throws IllegalStateException if so
     */
    static void requireConsumerProtocol(Admin admin) {
        FeatureMetadata features;
        try {
            features = admin.describeFeatures().featureMetadata().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "the features of the brokers cannot be read (" + e.getCause() + "). " + KafkaFailures.fix(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while reading the features of the brokers", e);
        }
        FinalizedVersionRange groups = features.finalizedFeatures().get(GROUP_VERSION);
        SupportedVersionRange metadata = features.supportedFeatures().get(METADATA_VERSION);
        boolean enabled = groups != null && groups.maxVersionLevel() >= 1;
        if (!enabled || metadata == null || metadata.maxVersion() < KAFKA_4_3) {
            throw new IllegalStateException(
                    "groupProtocol CONSUMER needs brokers of Kafka 4.3 or newer with the feature"
                            + " group.version at 1, but the cluster has " + METADATA_VERSION + " up to "
                            + (metadata == null ? "none" : Short.toString(metadata.maxVersion())) + " (4.3 has "
                            + KAFKA_4_3
                            + ") and group.version at " + (groups == null ? 0 : groups.maxVersionLevel())
                            + ". Upgrade the brokers and the feature, or leave groupProtocol at CLASSIC");
        }
    }
}
