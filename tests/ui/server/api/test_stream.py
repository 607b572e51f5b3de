"""Server-sent events: in order, and the same answer as JSON."""

import json


def events(response):
    assert response.headers["content-type"].startswith("text/event-stream")
    found = []
    for block in response.text.removesuffix("\n\n").split("\n\n"):
        kind, data = block.split("\n")
        found.append((kind.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def stream(client, question):
    accept = {"accept": "text/event-stream"}
    return events(client.post("/api/ask", json={"question": question}, headers=accept))


def test_an_answer_comes_in_pieces(demo, hajji):
    told = stream(demo, hajji)
    kinds = [kind for kind, _ in told]
    assert kinds[0] == "status"
    assert kinds[-1] == "done"
    assert set(kinds[1:-1]) == {"token", "citation"}
    answer = told[-1][1]
    assert "".join(data["text"] for kind, data in told if kind == "token") == answer["text"]
    assert [data for kind, data in told if kind == "citation"] == answer["citations"]
    # A citation comes when its marker has come, not before.
    seen = ""
    for kind, data in told[1:-1]:
        seen += data["text"] if kind == "token" else ""
        assert kind == "token" or seen.endswith(f"[{data['n']}]")
    asked = demo.post("/api/ask", json={"question": hajji}).json()
    for name in asked.keys() - {"answer_id", "timings_ms"}:
        assert answer[name] == asked[name]
    assert demo.get(f"/api/answers/{answer['answer_id']}").status_code == 200


def test_an_abstention_has_no_citations(demo):
    told = stream(demo, "Who won the chess match in Oslo?")
    assert [kind for kind, _ in told] == ["status", "token", "done"]
    assert told[-1][1]["status"] == "abstained"


def test_a_mistake_has_a_status_of_its_own(demo):
    body = {"question": "And then?", "after": "none"}
    refused = demo.post("/api/ask", json=body, headers={"accept": "text/event-stream"})
    assert (refused.status_code, list(refused.json())) == (404, ["error"])
