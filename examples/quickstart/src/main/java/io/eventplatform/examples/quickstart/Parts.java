package io.eventplatform.examples.quickstart;

import io.eventplatform.processor.sink.StoreSink;
import io.eventplatform.storage.TableStore;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What stands still in this process while events flow, as its roles say: broker, stores, server. */
final class Parts implements AutoCloseable {

    private final Options options;
    private final Workspace workspace;
    private final @Nullable Storing storing;
    private final @Nullable Serving serving;
    private @Nullable Broker broker;

    private Parts(Options options, Workspace workspace, UnaryOperator<TableStore> decorator) {
        this.options = options;
        this.workspace = workspace;
        this.storing = options.has(Role.SINK) ? Storing.open(workspace, decorator) : null;
        try {
            this.serving = storing == null ? null : Serving.open(storing.catalog(), options.port());
        } catch (RuntimeException e) {
            closeStores();
            throw e;
        }
    }

    /** Opens stores and port, but no broker yet. */
    static Parts open(Options options, Workspace workspace, UnaryOperator<TableStore> decorator) {
        return new Parts(options, workspace, decorator);
    }

    Broker startBroker() {
        Broker started = Broker.of(options, workspace);
        broker = started;
        return started;
    }

    Optional<Storing> storing() {
        return Optional.ofNullable(storing);
    }

    List<StoreSink> sinks() {
        return storing == null ? List.of() : storing.sinks();
    }

    Optional<Serving> serving() {
        return Optional.ofNullable(serving);
    }

    /** Lets go of the stores' files; idempotent. */
    void closeStores() {
        if (storing != null) {
            storing.close();
        }
    }

    @Override
    public void close() {
        if (serving != null) {
            serving.close();
        }
        closeStores();
        if (broker != null) {
            broker.close();
        }
    }
}
