package io.eventplatform.examples.quickstart;

import io.eventplatform.contract.EventContract;
import io.eventplatform.contract.EventKey;
import java.util.Optional;

/**
 * Somebody looked at a page.
 *
 * @param page path of the page, such as {@code /pricing}
 * @param referrer the site they came from
 */
@EventContract(type = "page_view", version = 1, domain = "web")
public record PageView(@EventKey String userId, String page, Optional<String> referrer) {}
