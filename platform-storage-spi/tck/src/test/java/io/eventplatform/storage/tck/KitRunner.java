package io.eventplatform.storage.tck;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.ArrayList;
import java.util.List;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs one test of a kit inside a test. */
final class KitRunner {

    private KitRunner() {}

    /** What the test says when it fails; nothing if it does not. */
    static List<String> failuresOf(Class<?> kit, String test) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(kit))
                .filters((PostDiscoveryFilter) descriptor -> FilterResult.includedIf(descriptor
                        .getSource()
                        .map(source -> !(source instanceof MethodSource method)
                                || method.getMethodName().equals(test))
                        .orElse(true)))
                .build();
        List<String> messages = new ArrayList<>();
        LauncherFactory.create().execute(request, new TestExecutionListener() {
            @Override
            public void executionFinished(TestIdentifier identifier, TestExecutionResult result) {
                if (result.getStatus() == Status.FAILED) {
                    messages.add(String.valueOf(
                            result.getThrowable().map(Throwable::getMessage).orElse("")));
                }
            }
        });
        return messages;
    }
}
