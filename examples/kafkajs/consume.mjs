// Prints a user's events from enriched_events with nothing but KafkaJS: node consume.mjs [USER [COUNT]]
// Ends after COUNT events, else with Ctrl-C.
import { Kafka, logLevel } from 'kafkajs';

const user = process.argv[2] ?? 'grace';
let left = Number(process.argv[3] ?? Infinity);
const kafka = new Kafka({ brokers: [process.env.KAFKA ?? 'localhost:9092'], logLevel: logLevel.ERROR });
// Reads committed records only, as KafkaJS does by default; a group of its own reads from the beginning at each start.
const consumer = kafka.consumer({ groupId: `kafkajs-${process.pid}-${Date.now()}` });

await consumer.connect();
await consumer.subscribe({ topic: 'enriched_events', fromBeginning: true });
await new Promise((end) => {
  process.once('SIGINT', end);
  consumer.run({
    eachMessage: async ({ topic, partition, message }) => {
      if (left === 0 || message.key?.toString() !== user) return;
      const { event_id, event_type } = message.headers;
      const { plan, amount, enriched } = JSON.parse(message.value);
      console.log(`${event_id} ${event_type} from ${topic}-${partition} ${JSON.stringify({ plan, amount, enriched })}`);
      if (--left === 0) end();
    },
  });
});
await consumer.disconnect();
