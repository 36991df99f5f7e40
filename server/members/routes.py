"""Every route about members."""

from __future__ import annotations

from server.members.account_routes import ACCOUNT_ROUTES
from server.members.avoidance_routes import AVOIDANCE_ROUTES
from server.members.departure_routes import DEPARTURE_ROUTES
from server.members.join_routes import JOIN_ROUTES
from server.members.leaving_routes import LEAVING_ROUTES
from server.members.second_factor_routes import SECOND_FACTOR_ROUTES
from server.members.sign_in_routes import SIGN_IN_ROUTES

MEMBER_ROUTES = (
    *JOIN_ROUTES,
    *SIGN_IN_ROUTES,
    *LEAVING_ROUTES,
    *ACCOUNT_ROUTES,
    *SECOND_FACTOR_ROUTES,
    *AVOIDANCE_ROUTES,
    *DEPARTURE_ROUTES,
)
