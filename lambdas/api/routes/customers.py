"""Routes of customers."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from lambdas.api.binding import LOGIN, QUERY, RouteTable, Shown
from lambdas.api.entities import Customer
from lambdas.api.etags import required, wanted
from lambdas.api.market import Market
from lambdas.api.models import (
    CustomerChanges,
    CustomerId,
    CustomerSearch,
    IfMatch,
    NewCustomer,
    Paging,
)
from lambdas.api.views import CustomerView, OrderView, PageView


@dataclass(frozen=True)
class CustomerRoutes:
    market: Market

    def table(self) -> RouteTable:
        return {
            ("GET", "/customers"): self.search,
            ("POST", "/customers"): self.register,
            ("GET", "/customers/<customer_id>"): self.read,
            ("PATCH", "/customers/<customer_id>"): self.change,
            ("DELETE", "/customers/<customer_id>"): self.delete,
            ("POST", "/customers/<customer_id>/restore"): self.restore,
            ("GET", "/customers/<customer_id>/transactions"): self.transactions,
        }

    def search(self, search: Annotated[CustomerSearch, QUERY]) -> Shown[PageView[CustomerView]]:
        page = self.market.catalogue.customers(search)
        results = [CustomerView.of(customer) for customer in page.entries]
        return Shown(PageView(results=results, next=page.next))

    def register(
        self, new: NewCustomer, login: Annotated[str | None, LOGIN] = None
    ) -> Shown[CustomerView]:
        return _shown(self.market.registry.register_customer(new, login), HTTPStatus.CREATED)

    def read(self, customer_id: CustomerId) -> Shown[CustomerView]:
        return _shown(self.market.registry.customer(customer_id))

    def change(
        self, customer_id: CustomerId, changes: CustomerChanges, if_match: IfMatch = None
    ) -> Shown[CustomerView]:
        return _shown(self.market.changes.customer(customer_id, changes, required(if_match)))

    def delete(self, customer_id: CustomerId, if_match: IfMatch = None) -> Shown[CustomerView]:
        gone = self.market.changes.delete_customer(customer_id, required(if_match))
        return Shown(None, gone.tag, HTTPStatus.NO_CONTENT)

    def restore(self, customer_id: CustomerId, if_match: IfMatch = None) -> Shown[CustomerView]:
        return _shown(self.market.changes.restore_customer(customer_id, wanted(if_match)))

    def transactions(
        self, customer_id: CustomerId, paging: Annotated[Paging, QUERY]
    ) -> Shown[PageView[OrderView]]:
        page = self.market.catalogue.transactions_of(customer_id, paging)
        results = [OrderView.of(order) for order in page.entries]
        return Shown(PageView(results=results, next=page.next))


def _shown(customer: Customer, status: HTTPStatus = HTTPStatus.OK) -> Shown[CustomerView]:
    return Shown(CustomerView.of(customer), customer.tag, status)
