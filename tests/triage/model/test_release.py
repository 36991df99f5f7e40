"""A model that is incomplete, changed or broken is refused; the last good one serves."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest
from safetensors.numpy import load_file, save

from tests.support.model import change, copy_of_release, with_encoder, write_weights
from triage.loading import load_bare
from triage.model.base import EncoderMissing, find_encoder
from triage.model.engine import ModelFailed
from triage.model.reading import Thresholds
from triage.model.release import LEARNT, MANIFEST, SETTINGS, ModelUnusable, encoder_weights, open_release
from triage.model.shelf import IN_USE, KEPT, RELEASED, THRESHOLDS, ModelShelf
from triage.posts import PLAIN_WORDS, Post

if TYPE_CHECKING:
    from pathlib import Path

    from triage.model.reading import Reading

WIDTH = 384
"""Of the encoder."""


def test_released_model_is_whole_and_small() -> None:
    open_release(RELEASED)
    assert sum(file.stat().st_size for file in RELEASED.iterdir()) < 25 * 1_000_000


@pytest.mark.parametrize("name", [LEARNT, SETTINGS])
def test_changed_file_is_named(tmp_path: Path, name: str) -> None:
    folder = copy_of_release(tmp_path / "copy")
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(ModelUnusable, match=f"changed or damaged: {name}"):
        open_release(folder)


@pytest.mark.parametrize("name", [LEARNT, SETTINGS, MANIFEST])
def test_missing_file_is_named(tmp_path: Path, name: str) -> None:
    folder = copy_of_release(tmp_path / "copy")
    (folder / name).unlink()
    with pytest.raises(ModelUnusable, match=name):
        open_release(folder)


def test_manifest_cannot_reach_out_of_its_folder(tmp_path: Path) -> None:
    folder = copy_of_release(tmp_path / "copy")
    manifest = folder / MANIFEST
    manifest.write_text(manifest.read_text().replace(f'"{LEARNT}"', '"../../etc/passwd"'))
    with pytest.raises(ModelUnusable, match="outside its folder"):
        open_release(folder)


def test_manifest_that_is_no_json_is_refused(tmp_path: Path) -> None:
    folder = copy_of_release(tmp_path / "copy")
    (folder / MANIFEST).write_text("{")
    with pytest.raises(ModelUnusable, match="cannot be understood"):
        open_release(folder)


def test_file_with_a_flipped_byte_is_a_clear_error(tmp_path: Path) -> None:
    folder = copy_of_release(tmp_path / "copy")
    manifest = (folder / MANIFEST).read_bytes()
    (folder / MANIFEST).write_bytes(manifest.replace(b"kith", b"ki\xffh", 1))
    with pytest.raises(ModelUnusable, match="cannot be understood"):
        open_release(folder)


def test_encoder_that_is_stored_with_what_it_was_trained_for_is_read_by_its_own_names(tmp_path: Path) -> None:
    own = find_encoder()
    weights = load_file(own / "model.safetensors")
    stored = {f"bert.{name.replace('Norm.weight', 'Norm.gamma')}": value for name, value in weights.items()}
    encoder = tmp_path / "encoder"
    encoder.mkdir()
    (encoder / "model.safetensors").write_bytes(save(stored | {"cls.predictions.bias": np.zeros(3, np.float32)}))

    found = encoder_weights(encoder)

    expected = encoder_weights(own)
    assert all(np.array_equal(found[name], value) for name, value in expected.items())


def test_encoder_of_another_family_is_named(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(save({"shared.weight": np.zeros((3, 3), np.float32)}))
    with pytest.raises(ModelUnusable, match="no encoder of the BERT family"):
        encoder_weights(tmp_path)


def test_last_good_model_serves_when_the_chosen_one_is_damaged(tmp_path: Path) -> None:
    shelf = ModelShelf(tmp_path)
    shelf.folder.mkdir()
    copy_of_release(shelf.folder / "good")
    copy_of_release(shelf.folder / "new")
    shelf.put_in_use("good")
    shelf.put_in_use("new")
    assert shelf.open_in_use().folder.name == "new"
    (shelf.folder / "new" / LEARNT).unlink()
    assert shelf.open_in_use().folder.name == "good"
    (shelf.folder / "good" / SETTINGS).unlink()
    assert shelf.open_in_use().folder == RELEASED


@pytest.mark.parametrize("back_to", ["first", "released"])
def test_model_that_was_taken_back_is_not_fallen_back_on(tmp_path: Path, back_to: str) -> None:
    shelf = ModelShelf(tmp_path)
    for name in ("first", "second"):
        copy_of_release(shelf.folder / name)
        shelf.put_in_use(name)
    shelf.put_in_use(back_to)
    assert "second" not in shelf.chosen()
    (shelf.folder / "first" / SETTINGS).unlink()
    assert shelf.open_in_use().folder == RELEASED
    assert shelf.was_in_use("second")


def test_model_that_was_taken_back_can_be_put_in_use_again(tmp_path: Path) -> None:
    shelf = ModelShelf(tmp_path)
    for name in ("first", "second"):
        copy_of_release(shelf.folder / name)
    for name in ("first", "second", "first", "second"):
        shelf.put_in_use(name)
    assert shelf.chosen() == ["second", "first", "released"]


def test_models_that_are_too_far_back_to_fall_back_on_were_in_use_all_the_same(tmp_path: Path) -> None:
    shelf = ModelShelf(tmp_path)
    shelf.folder.mkdir()
    names = [f"of-month-{number}" for number in range(KEPT + 1)]
    for name in names:
        (shelf.folder / name).symlink_to(RELEASED)
        shelf.put_in_use(name)
    assert shelf.chosen() == [*reversed(names[1:]), "released"]
    assert shelf.was_in_use(names[0])


def test_model_of_another_version_of_kith_falls_back_as_well(tmp_path: Path) -> None:
    shelf = ModelShelf(tmp_path)
    shelf.folder.mkdir()
    copy_of_release(shelf.folder / "new")
    shelf.put_in_use("new")
    change(shelf.folder / "new", SETTINGS, b'{"something": "else"}')
    with pytest.raises(ModelUnusable, match="another version of Kith"):
        shelf.open("new")
    assert shelf.open_in_use().folder == RELEASED


def test_model_whose_encoder_is_gone_falls_back_as_well(tmp_path: Path) -> None:
    shelf = ModelShelf(tmp_path)
    shelf.folder.mkdir()
    manifest = copy_of_release(shelf.folder / "new") / MANIFEST
    shelf.put_in_use("new")
    manifest.write_text(manifest.read_text().replace('"files"', f'"encoder": "{tmp_path}/gone", "files"', 1))
    assert shelf.open_in_use().folder == RELEASED


@pytest.mark.parametrize("name", ["tokenizer.json", "config.json"])
def test_model_whose_encoder_reads_otherwise_is_refused(tmp_path: Path, name: str) -> None:
    encoder = shutil.copytree(find_encoder(), tmp_path / "encoder")
    folder = copy_of_release(tmp_path / "own")
    with_encoder(folder, encoder)
    open_release(folder)
    (encoder / name).write_bytes((encoder / name).read_bytes() + b" ")
    with pytest.raises(ModelUnusable, match=f"another encoder .*{name} differs"):
        open_release(folder)


def test_model_that_cannot_be_loaded_falls_back_on_one_that_can(tmp_path: Path) -> None:
    shelf = ModelShelf(tmp_path / "data")
    encoder = shutil.copytree(find_encoder(), tmp_path / "encoder")
    with_encoder(copy_of_release(shelf.folder / "old"), encoder, pins=False)
    shelf.put_in_use("old")
    assert shelf.load_in_use(load_bare).read([PLAIN_WORDS])
    (encoder / "tokenizer.json").write_bytes((encoder / "tokenizer.json").read_bytes()[:1000])
    with pytest.raises(EncoderMissing, match=r"tokenizer\.json cannot be read"):
        load_bare(shelf.open("old"))
    used: list[Path] = []
    shelf.load_in_use(lambda release: (load_bare(release), used.append(release.folder)))
    assert used == [RELEASED]


def test_encoder_of_the_local_cache_is_found_by_its_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    model = tmp_path / "models--somebody--small"
    snapshot = shutil.copytree(find_encoder(), model / "snapshots" / ("0" * 40))
    (model / "refs").mkdir()
    (model / "refs" / "main").write_text("0" * 40)
    assert find_encoder("somebody/small") == snapshot
    with pytest.raises(EncoderMissing, match="neither a folder nor in this machine's Hugging Face cache"):
        find_encoder("somebody/other")


def test_model_that_lacks_weights_is_refused(tmp_path: Path) -> None:
    folder = copy_of_release(tmp_path / "copy")
    change(folder, LEARNT, save({"head.0.weight": np.zeros((1, 1), dtype=np.float32)}))
    with pytest.raises(ModelUnusable, match="lacks the weights"):
        load_bare(open_release(folder))


def test_model_of_before_the_head_read_the_highest_feature_reads_as_it_did(tmp_path: Path) -> None:
    posts = [Post(text="The garden is coming along."), Post(text="I want to be gone by tonight.")]
    read: list[list[Reading]] = []
    for name, keep in (("shorter", True), ("zeros", False)):
        folder = copy_of_release(tmp_path / name)
        weights = load_file(folder / LEARNT)
        whole = weights["head.1.weight"]
        two_thirds = np.ascontiguousarray(whole[:, : 2 * WIDTH])
        weights["head.1.weight"] = two_thirds if keep else np.pad(two_thirds, [(0, 0), (0, WIDTH)])
        change(folder, LEARNT, save(weights))
        read.append(load_bare(open_release(folder)).read(posts))
    assert read[0] == read[1]


def test_damaged_model_cannot_be_put_in_use(tmp_path: Path) -> None:
    shelf = ModelShelf(tmp_path)
    shelf.folder.mkdir()
    copy_of_release(shelf.folder / "new")
    (shelf.folder / "new" / LEARNT).unlink()
    with pytest.raises(ModelUnusable):
        shelf.put_in_use("new")
    assert shelf.chosen() == ["released"]


def test_unknown_version_names_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(ModelUnusable, match="There are: released"):
        ModelShelf(tmp_path).open("kith-99")


def test_model_that_answers_no_number_fails_and_is_never_green(tmp_path: Path) -> None:
    folder = copy_of_release(tmp_path / "copy")
    write_weights(folder, float("nan"))
    with pytest.raises(ModelFailed):
        load_bare(open_release(folder)).read([Post(text="hello")])


def test_missing_encoder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EncoderMissing, match="not found there"):
        find_encoder(str(tmp_path))


@pytest.mark.parametrize("name", [IN_USE, THRESHOLDS])
@pytest.mark.parametrize("content", [b"\xff\xfe", b"", b"{", None], ids=["no text", "empty", "half", "a folder"])
def test_choices_that_cannot_be_read_leave_the_released_model_at_work(
    tmp_path: Path, name: str, content: bytes | None
) -> None:
    file = tmp_path / "models" / name
    file.parent.mkdir()
    if content is None:
        file.mkdir()
    else:
        file.write_bytes(content)
    shelf = ModelShelf(tmp_path)

    assert shelf.open_in_use() == open_release(RELEASED)
    assert shelf.fingerprint()[-1] == open_release(RELEASED).sha256


def test_own_thresholds_are_not_overwritten_where_they_cannot_be_read(tmp_path: Path) -> None:
    file = tmp_path / "models" / THRESHOLDS
    file.parent.mkdir()
    file.write_text('{"of another model": {"amber": 5}}')

    with pytest.raises(ModelUnusable, match="Mend it, or remove it"):
        ModelShelf(tmp_path).set_thresholds("released", Thresholds(red=0.3))
    assert file.read_text() == '{"of another model": {"amber": 5}}'
