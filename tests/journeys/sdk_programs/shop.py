"""An ordinary Python application that reports its errors with sentry-sdk; run as a program, once per error.

Where to, which release and which environment come from SENTRY_DSN, SENTRY_RELEASE and SENTRY_ENVIRONMENT, as in any deployment.
Prints one line of JSON as soon as the SDK has the server's answer.
"""

import json
import sys
import time

import sentry_sdk

ORDERS = {17: ("lamp", 3)}


class PaymentDeclinedError(Exception):
    pass


def charge(order: int, amount: int) -> None:
    item, count = ORDERS[order]
    if amount > 100:
        raise PaymentDeclinedError(f"no cover for {count} x {item}")


def checkout(order: int) -> None:
    sentry_sdk.add_breadcrumb(category="cart", message="opened the cart", level="info")
    sentry_sdk.add_breadcrumb(category="payment", message="asked the bank", level="warning")
    charge(order, 250)


def ship(order: int) -> None:
    stock: dict[str, int] = {}
    stock[ORDERS[order][0]] -= 1


def place_order(order: int) -> None:
    try:
        charge(order, 250)
    except PaymentDeclinedError as declined:
        raise RuntimeError("the order was not placed") from declined


def report(errand: str) -> str | None:
    """The id of the reported event."""
    if errand == "message":
        return sentry_sdk.capture_message("the warehouse is nearly empty", level="warning")
    try:
        {"checkout": checkout, "ship": ship, "chained": place_order}[errand](17)
    except Exception as error:  # noqa: BLE001  # the outermost loop of the application
        return sentry_sdk.capture_exception(error)
    return None


def main(errand: str) -> None:
    sentry_sdk.init()
    sentry_sdk.set_user({"id": "customer-42", "username": "jane"})
    sentry_sdk.set_tag("tier", "gold")
    event_id = report(errand)
    sentry_sdk.flush(10)
    print(json.dumps({"event_id": event_id, "answered_at": time.time()}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
