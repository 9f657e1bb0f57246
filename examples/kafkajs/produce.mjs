// Sends events to raw_events with nothing but KafkaJS: node produce.mjs [USER]
import { randomUUID } from 'node:crypto';
import { Kafka, logLevel, Partitioners } from 'kafkajs';

const user = process.argv[2] ?? 'grace';
const topic = 'raw_events';
const kafka = new Kafka({ brokers: [process.env.KAFKA ?? 'localhost:9092'], logLevel: logLevel.ERROR });
// Puts a key where a Java client puts it. It is the default; naming it silences a warning.
const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });

const event = (event_type, payload) => ({
  event_id: randomUUID(), event_type, schema_version: 'v1', timestamp: new Date().toISOString(), ...payload,
});
// The envelope once more: who routes or filters by these need not parse the body.
const headersOf = ({ event_id, event_type, schema_version, timestamp }) =>
  ({ event_id, event_type, schema_version, timestamp });

const first = event('user_signup', { user_id: user, plan: 'free', metadata: { source: 'kafkajs' } });
// Decimals are strings, so that no client rounds them.
const bought = event('purchase', {
  user_id: user, order_id: 'order-1', amount: '12.50', currency: 'EUR',
  items: [{ product: 'book', quantity: 1, unit_price: '12.50' }],
});
const second = event('user_signup', { user_id: user, plan: 'pro', metadata: { source: 'kafkajs' } });

await producer.connect();
for (const [event, headers] of [[first], [bought, headersOf(bought)], [first], [second, headersOf(second)]]) {
  const [sent] = await producer.send({ topic, messages: [{ key: user, value: JSON.stringify(event), headers }] });
  console.log(`${event.event_id} ${event.event_type} to ${topic}-${sent.partition}${headers ? ' with headers' : ''}`);
}
await producer.disconnect();
