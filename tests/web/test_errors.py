"""What a person is told of a failure that no page foresaw."""

from __future__ import annotations

import asyncpg
import pytest

from server.web.errors import as_kith_error


@pytest.mark.parametrize(
    "failure",
    [
        ConnectionRefusedError(),
        asyncpg.ConnectionDoesNotExistError(),
        asyncpg.CannotConnectNowError(),
        asyncpg.InterfaceError("the connection is closed"),
        asyncpg.InternalClientError("the connection broke in the middle of a message"),
    ],
)
def test_database_that_goes_away_is_no_mistake_of_ours_and_can_be_tried_again(failure: Exception) -> None:
    assert as_kith_error(failure).status == 503


def test_anything_else_is_a_mistake_of_ours() -> None:
    assert as_kith_error(ValueError()).status == 500
