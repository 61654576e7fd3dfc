"""The page of `result.json`, and its JSON schema."""

import json

from docs.generator.markdown import heading, page
from docs.generator.objects import sections
from docs.generator.schemas import described_schema
from pipeline.answers.result.answer import Answer


def result_pages() -> dict[str, str]:
    """Return file name → content: the page, and the schema for programs."""
    schema = described_schema(Answer)
    definitions = schema["$defs"] | {"Answer": {key: value for key, value in schema.items() if key != "$defs"}}
    text = page(
        heading(1, "Result: result.json"),
        "Every answer is written as `data/answers/<name>/result.json`. The pages, the terminal and `scalebridge compare` show "
        "the same object. Numbers have six digits and are in the units that a reader sees. No number is NaN or infinite.",
        "The [JSON schema](result.schema.json) says the same to a program.",
        *sections({"$ref": "#/$defs/Answer"}, definitions),
    )
    return {"result.md": text, "result.schema.json": json.dumps(schema, indent=1, ensure_ascii=False) + "\n"}
