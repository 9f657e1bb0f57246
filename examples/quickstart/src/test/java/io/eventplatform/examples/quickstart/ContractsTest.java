package io.eventplatform.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.codec.EncodedEvent;
import io.eventplatform.codec.EventCodec;
import io.eventplatform.contract.Contract;
import io.eventplatform.contract.ContractSnapshots;
import io.eventplatform.event.Event;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ContractsTest {

    @Test
    void thePublishedSchemasAreThoseOfTheRecords() {
        ContractSnapshots.verify(
                Path.of("contracts"), UserSignup.class, PageView.class, Purchase.class, EarthquakeReported.class);
    }

    @Test
    void theSchemasAreInTheJar() {
        assertThat(UserSignup.class.getResource("/META-INF/contracts/user_signup/v1.schema.json"))
                .isNotNull();
        assertThat(UserSignup.class.getResource("/META-INF/contracts/earthquake_reported/v1.schema.json"))
                .isNotNull();
    }

    @Test
    void onlyTheEmailAddressOfASignupIsPersonal() {
        assertThat(Contract.of(UserSignup.class).piiFields()).containsExactly("email");
        assertThat(Contract.of(EarthquakeReported.class).piiFields()).isEmpty();
    }

    @Test
    void everyBundledEarthquakeKeepsItsContract() throws Exception {
        EventCodec codec = EventCodec.of(Topology.CONTRACTS);
        Set<String> ids = new HashSet<>();

        try (InputStream file = EarthquakeReported.class.getResourceAsStream("earthquakes.ndjson");
                Lines lines = new Lines(Objects.requireNonNull(file, "earthquakes.ndjson"))) {
            byte[] line;
            while ((line = lines.next()) != null) {
                Event<?> event = codec.decode(new EncodedEvent(new byte[0], line, Map.of()));
                assertThat(event.payload()).as("line %d", lines.number()).isInstanceOf(EarthquakeReported.class);
                ids.add(event.id());
            }
        }

        assertThat(ids).hasSize(1_707);
    }
}
