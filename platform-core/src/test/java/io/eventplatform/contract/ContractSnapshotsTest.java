package io.eventplatform.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContractSnapshotsTest {

    @EventContract(type = "order.placed", version = 1)
    record OrderPlaced(@EventKey String orderId) {}

    @EventContract(type = "order.placed", version = 2)
    record OrderPlaced2(@EventKey String orderId, long total) {}

    private static final String UPDATE_HINT = "\nTo write the files from the records: mvn test -Dcontracts.update=true";

    @TempDir
    private Path directory;

    private String updateBefore = "";

    @BeforeEach
    void compareWhateverTheBuildDoes() {
        updateBefore = System.getProperty(ContractSnapshots.UPDATE_PROPERTY, "");
        System.clearProperty(ContractSnapshots.UPDATE_PROPERTY);
    }

    @AfterEach
    void restore() {
        System.setProperty(ContractSnapshots.UPDATE_PROPERTY, updateBefore);
    }

    @Test
    void filesAreWrittenOnRequestAndThenMatch() throws IOException {
        updating(() -> ContractSnapshots.verify(directory, OrderPlaced.class, OrderPlaced2.class));

        ContractSnapshots.verify(directory, OrderPlaced.class, OrderPlaced2.class);

        assertThat(file(1)).hasContent(Contract.of(OrderPlaced.class).schema());
        assertThat(Files.readString(file(2)))
                .isEqualTo(Contract.of(OrderPlaced2.class).schema());
    }

    @Test
    void aMissingFileIsReported() {
        assertThatThrownBy(() -> ContractSnapshots.verify(directory.resolve("none"), OrderPlaced.class))
                .isInstanceOf(AssertionError.class)
                .hasMessage("The contracts do not match their records.\n- " + directory
                        + "/none/order.placed/v1.schema.json is missing; its record is " + OrderPlaced.class.getName()
                        + "." + UPDATE_HINT);
    }

    @Test
    void theFirstDifferenceIsReported() throws IOException {
        updating(() -> ContractSnapshots.verify(directory, OrderPlaced.class));
        String edited = Files.readString(file(1)).replace("\"order_id\": {", "\"order_no\": {");
        Files.writeString(file(1), edited);

        assertThatThrownBy(() -> ContractSnapshots.verify(directory, OrderPlaced.class))
                .isInstanceOf(AssertionError.class)
                .hasMessage("The contracts do not match their records.\n- " + file(1) + " differs from "
                        + OrderPlaced.class.getName()
                        + " at line 31: the file has `    \"order_no\": {`, the record `    \"order_id\": {`"
                        + UPDATE_HINT);
    }

    @Test
    void aFileThatEndsEarlyIsReported() throws IOException {
        updating(() -> ContractSnapshots.verify(directory, OrderPlaced.class));
        Files.writeString(file(1), Files.readString(file(1)).stripTrailing());

        assertThatThrownBy(() -> ContractSnapshots.verify(directory, OrderPlaced.class))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("the file has no such line, the record ``");
    }

    @Test
    void everyFileIsReportedAtOnceAndAStrayOneToo() throws IOException {
        updating(() -> ContractSnapshots.verify(directory, OrderPlaced.class));

        assertThatThrownBy(() -> ContractSnapshots.verify(directory, OrderPlaced2.class))
                .isInstanceOf(AssertionError.class)
                .hasMessage("The contracts do not match their records.\n- " + file(2)
                        + " is missing; its record is " + OrderPlaced2.class.getName() + ".\n- " + file(1)
                        + " belongs to none of the records. Delete it, or name its record." + UPDATE_HINT);
    }

    @Test
    void anUpdateReplacesWhatDiffersAndDeletesNothing() throws IOException {
        updating(() -> ContractSnapshots.verify(directory, OrderPlaced.class, OrderPlaced2.class));
        Files.writeString(file(2), "{}");
        System.setProperty(ContractSnapshots.UPDATE_PROPERTY, "true");

        assertThatThrownBy(() -> ContractSnapshots.verify(directory, OrderPlaced2.class))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(file(1) + " belongs to none of the records.");

        assertThat(file(1)).exists();
        assertThat(file(2)).hasContent(Contract.of(OrderPlaced2.class).schema());
    }

    @Test
    void lineEndsOfAnotherSystemAreNoDifference() throws IOException {
        updating(() -> ContractSnapshots.verify(directory, OrderPlaced.class));
        Files.writeString(file(1), Files.readString(file(1)).replace("\n", "\r\n"));

        assertThatCode(() -> ContractSnapshots.verify(directory, OrderPlaced.class))
                .doesNotThrowAnyException();
    }

    private static void updating(Runnable verification) {
        System.setProperty(ContractSnapshots.UPDATE_PROPERTY, "true");
        verification.run();
        System.clearProperty(ContractSnapshots.UPDATE_PROPERTY);
    }

    private Path file(int version) {
        return directory.resolve("order.placed/v" + version + ".schema.json");
    }
}
