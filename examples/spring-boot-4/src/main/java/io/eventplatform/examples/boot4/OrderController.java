package io.eventplatform.examples.boot4;

import io.eventplatform.event.Event;
import io.eventplatform.producer.EventProducer;
import java.util.concurrent.CompletionStage;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

// region controller
@RestController
class OrderController {

    private final EventProducer producer;

    OrderController(EventProducer producer) {
        this.producer = producer;
    }

    /** Answers when Kafka has the order. The caller may repeat a request: the id is the event's, and counts once. */
    @PutMapping("/orders/{id}")
    @ResponseStatus(HttpStatus.ACCEPTED)
    CompletionStage<Void> place(@PathVariable("id") String id, @RequestBody OrderPlaced order) {
        return producer.send(Event.of(order).withId(id)).thenAccept(receipt -> {});
    }
}
// endregion
