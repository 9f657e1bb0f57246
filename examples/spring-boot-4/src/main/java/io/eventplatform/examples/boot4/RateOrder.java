package io.eventplatform.examples.boot4;

import io.eventplatform.event.Event;
import io.eventplatform.processor.Processor;
import io.eventplatform.processor.ProcessorContext;

// region processor
/** One instance for each task, so it is no bean; what it needs are beans. */
class RateOrder implements Processor<OrderPlaced, OrderRated> {

    private final CustomerTiers tiers;

    RateOrder(CustomerTiers tiers) {
        this.tiers = tiers;
    }

    @Override
    public void process(Event<OrderPlaced> event, ProcessorContext<OrderRated> context) {
        OrderPlaced order = event.payload();
        context.forward(
                event.withPayload(new OrderRated(order.customer(), order.cents(), tiers.tierOf(order.customer()))));
    }
}
// endregion
