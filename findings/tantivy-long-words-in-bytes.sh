#!/usr/bin/env bash
# tantivy 0.27.0: everyday Georgian words, and vowelled Arabic ones, are neither indexed nor asked for.
#
# Every named analyser leaves out words of more than 40 bytes, meant for hashes and addresses, and bytes are
# not letters: a Georgian letter takes three, so 14 letters are too many, a vowelled Arabic letter four. The
# Arabic analyser takes vowel signs off, but only behind that filter, so a word of thirteen letters that it
# finds without them it does not find with them. The question becomes empty, and no error is told. An
# analyser of one's own, with no such filter, finds all of them.
#
# Seen:
#   default  decision, 14 letters, 42 bytes: 0 of 1
#   ar_stem  strategic, 26 bytes without vowel signs: 1 of 1
#   ar_stem  the same with vowel signs, 46 bytes: 0 of 1
#   own      all three: 3 of 3
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet 'tantivy==0.27.0'
"$folder/bin/python" - <<'PYTHON'
import tantivy

DECISION = "გადაწყვეტილება"
PLAIN, VOWELLED = "والاستراتيجية", "وَالاِسْتِرَاتِيجِيَّةِ"


def finds(analyser, article, question, own=None):
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", tokenizer_name=analyser)
    schema = builder.build()
    index = tantivy.Index(schema)
    if own:
        index.register_tokenizer(analyser, own)
    writer = index.writer(num_threads=1)
    writer.add_document(tantivy.Document.from_dict({"text": article}, schema))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return len(index.searcher().search(index.parse_query(question, ["text"])).hits)


builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
own = builder.filter(tantivy.Filter.lowercase()).filter(tantivy.Filter.stemmer("arabic")).build()
seen = [
    finds("default", DECISION, DECISION),
    finds("ar_stem", PLAIN, PLAIN),
    finds("ar_stem", PLAIN, VOWELLED),
    finds("own", DECISION, DECISION, own)
    + finds("own", PLAIN, PLAIN, own)
    + finds("own", PLAIN, VOWELLED, own),
]
sizes = [len(word.encode()) for word in (DECISION, PLAIN, VOWELLED)]
print(f"default  decision, {len(DECISION)} letters, {sizes[0]} bytes: {seen[0]} of 1")
print(f"ar_stem  strategic, {sizes[1]} bytes without vowel signs: {seen[1]} of 1")
print(f"ar_stem  the same with vowel signs, {sizes[2]} bytes: {seen[2]} of 1")
print(f"own      all three: {seen[3]} of 3")
assert seen == [0, 1, 0, 3]
PYTHON
