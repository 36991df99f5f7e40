"""Every route of Kith, by feature."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.admin.routes import ADMIN_ROUTES
from server.answer_templates.staff_routes import ANSWER_TEMPLATE_ROUTES
from server.forum.front_routes import FRONT_ROUTES
from server.forum.history import HISTORY_ROUTES
from server.forum.post_routes import POST_ROUTES
from server.forum.thread_routes import THREAD_ROUTES
from server.help.routes import HELP_ROUTES
from server.members.routes import MEMBER_ROUTES
from server.moderation.routes import MODERATION_ROUTES
from server.myths.routes import MYTH_ROUTES
from server.myths.staff_routes import MYTH_STAFF_ROUTES
from server.notices.routes import NOTICE_ROUTES
from server.reports.routes import REPORT_ROUTES
from server.resources.routes import RESOURCE_ROUTES
from server.resources.staff_routes import RESOURCE_STAFF_ROUTES
from server.search.routes import SEARCH_ROUTES
from server.support.routes import SUPPORT_ROUTES
from server.transparency.routes import TRANSPARENCY_ROUTES
from server.web.health import health
from server.web.static import service_worker, static_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from litestar.types import ControllerRouterHandler

ROUTES: Sequence[ControllerRouterHandler] = (
    static_file,
    service_worker,
    health,
    *FRONT_ROUTES,
    *HELP_ROUTES,
    *MEMBER_ROUTES,
    *THREAD_ROUTES,
    *POST_ROUTES,
    *HISTORY_ROUTES,
    *SUPPORT_ROUTES,
    *NOTICE_ROUTES,
    *REPORT_ROUTES,
    *MODERATION_ROUTES,
    *RESOURCE_ROUTES,
    *RESOURCE_STAFF_ROUTES,
    *MYTH_ROUTES,
    *MYTH_STAFF_ROUTES,
    *ANSWER_TEMPLATE_ROUTES,
    *SEARCH_ROUTES,
    *ADMIN_ROUTES,
    *TRANSPARENCY_ROUTES,
)
