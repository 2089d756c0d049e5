// An ordinary Node application that reports its errors with @sentry/node; run as a program, once per error.
// Where to, which release and which environment come from SENTRY_DSN, SENTRY_RELEASE and SENTRY_ENVIRONMENT.
// Prints one line of JSON as soon as the SDK has the server's answer.
import * as Sentry from "@sentry/node";

Sentry.init();

class PaymentDeclined extends Error {
  name = "PaymentDeclined";
}

const orders = new Map([[17, { item: "lamp", count: 3 }]]);

function charge(order, amount) {
  const { item, count } = orders.get(order);
  if (amount > 100) throw new PaymentDeclined(`no cover for ${count} x ${item}`);
}

function checkout(order) {
  Sentry.addBreadcrumb({ category: "cart", message: "opened the cart", level: "info" });
  Sentry.addBreadcrumb({ category: "payment", message: "asked the bank", level: "warning" });
  charge(order, 250);
}

function ship(order) {
  const stock = undefined;
  return stock[orders.get(order).item];
}

function placeOrder(order) {
  try {
    charge(order, 250);
  } catch (declined) {
    throw new Error("the order was not placed", { cause: declined });
  }
}

function report(errand) {
  if (errand === "message") return Sentry.captureMessage("the warehouse is nearly empty", "warning");
  try {
    ({ checkout, ship, chained: placeOrder })[errand](17);
  } catch (error) {
    return Sentry.captureException(error);
  }
}

Sentry.setUser({ id: "customer-42", username: "jane" });
Sentry.setTag("tier", "gold");
const eventId = report(process.argv[2]);
await Sentry.flush(10_000);
console.log(JSON.stringify({ event_id: eventId, answered_at: Date.now() / 1000 }));
