"""Lines of `id TAB text` from JSON Lines: title and text joined by a space, white space as single spaces."""

import json
import sys

for line in open(sys.argv[1], encoding="utf-8"):
    record = json.loads(line)
    text = " ".join([record.get("title", ""), record["text"]])
    print(record["_id"], " ".join(text.split()), sep="\t")
