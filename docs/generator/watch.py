"""The pages of a watched batch: the JSON that `scalebridge watch --out` writes, and the file that describes a batch."""

import json

from docs.generator.markdown import heading, page
from docs.generator.objects import sections
from docs.generator.schemas import described_schema
from pipeline.answers.result.watch import Watch
from pipeline.answers.watch.batch_file import BatchFile


def watch_pages() -> dict[str, str]:
    """Return file name → content: the two pages, and the schema of the JSON for programs."""
    schema = described_schema(Watch)
    definitions = schema["$defs"] | {"Watch": {key: value for key, value in schema.items() if key != "$defs"}}
    text = page(
        heading(1, "Watch: a running batch as JSON"),
        "`scalebridge watch --out <file>` and `scalebridge replay --out <file>` write it. The page and the terminal show the same "
        "object. Numbers have six digits and are in the units that a reader sees. No number is NaN or infinite. A hook gets it "
        "as `watch`, beside `alarm`, the content of `data/watch/<batch>/alarm.json`.",
        "The [JSON schema](watch.schema.json) says the same to a program.",
        *sections({"$ref": "#/$defs/Watch"}, definitions),
    )
    return {
        "watch.md": text,
        "watch.schema.json": json.dumps(schema, indent=1, ensure_ascii=False) + "\n",
        "batch_file.md": _batch_file_page(),
    }


def _batch_file_page() -> str:
    schema = described_schema(BatchFile)
    definitions = schema.get("$defs", {}) | {"BatchFile": schema}
    return page(
        heading(1, "File of a running batch"),
        "A YAML file that describes a batch without a batch record, for `scalebridge watch <file>`. An unknown key is an error.",
        *sections({"$ref": "#/$defs/BatchFile"}, definitions),
    )
