package io.eventplatform.examples.quickstart;

import io.eventplatform.contract.EventContract;
import io.eventplatform.contract.EventKey;
import java.math.BigDecimal;
import java.util.List;

/**
 * Somebody bought something.
 *
 * @param amount what was paid, the sum over the items
 */
@EventContract(type = "purchase", version = 1, domain = "purchase")
public record Purchase(
        @EventKey String userId, String orderId, BigDecimal amount, Currency currency, List<Item> items) {

    /** In which the shop sells. */
    public enum Currency {
        EUR,
        USD,
        JPY
    }

    /** A line of the order. */
    public record Item(String product, int quantity, BigDecimal unitPrice) {}
}
