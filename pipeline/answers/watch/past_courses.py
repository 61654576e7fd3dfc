"""The courses of a past batch, with the band of good batches where the published run has a monitor."""

from collections.abc import Mapping

import polars as pl
from pydantic.dataclasses import dataclass

from pipeline.answers.result.watch import WatchedCourse
from pipeline.answers.watch.courses import watched_courses
from pipeline.answers.watch.look import Post, look_at
from pipeline.answers.watch.past_batch import read_past
from pipeline.domain.config_files import load
from pipeline.domain.process.process import Process
from pipeline.domain.strict_config import STRICT
from pipeline.features.catalogue import names_of
from pipeline.publication.bundle import Bundle


@dataclass(config=STRICT, frozen=True)
class PastCourses:
    """The courses of one past batch."""

    run: str
    """The published run whose history this is."""
    batch: str
    product: str
    sentence: str
    """Whether the batch went as expected, in words; why there are no bands, where the run has no monitor."""
    courses: tuple[WatchedCourse, ...]
    """Courses of the tags. `planned` is the course that good batches with this plan have, with its band."""
    names: Mapping[str, str]
    """Tag → its display name."""
    notes: tuple[str, ...]


def past_courses(post: Post, batch: str) -> PastCourses:
    """Return the courses of a batch of the history of a published run, with the bands of its monitor.

    Raises ScalebridgeError if the history has no such batch, or no record of it.
    """
    found = look_at(post, read_past(post.process, post.bundle.places, batch), past=True).watch
    names = {one.tag: found.name(one.tag) for one in found.courses}
    return PastCourses(post.bundle.run, batch, found.product, found.sentence, found.courses, names, found.notes)


def courses_without_bands(bundle: Bundle, batch: str, why: str) -> PastCourses:
    """Return the same of a run that has no monitor. why: a sentence.

    Raises ScalebridgeError as `past_courses` does.
    """
    process: Process = load(bundle.places.config, "process", Process)
    running, names = read_past(process, bundle.places, batch), names_of(process)
    tags = [str(tag) for tag in running.records["tag"].cast(pl.String).unique().sort()]
    courses = watched_courses(process, running.records, (), (), tags)
    shown = {tag: names.get(tag, tag) for tag in tags}
    return PastCourses(bundle.run, batch, running.product, why, courses, shown, running.notes)
