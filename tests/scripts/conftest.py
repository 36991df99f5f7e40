"""An encoder for tests of training."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
import torch
from transformers import BertConfig, BertModel

from triage.model.base import find_encoder

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def tiny_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An encoder of the same form as the real one that learns nothing in particular, and quickly."""
    folder = tmp_path_factory.mktemp("encoder")
    torch.manual_seed(1)
    form = BertConfig(hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64)
    BertModel(form, add_pooling_layer=False).save_pretrained(folder)
    shutil.copy(find_encoder() / "tokenizer.json", folder)
    return folder
