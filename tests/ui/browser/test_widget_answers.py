"""The widget in front of a server that plays prepared answers: late, broken off, hostile."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ui.widget.bundle import widget_script, widget_words

WORDS = widget_words()["en"]
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"
OVERRIDE = "\u202e"
EMBED = "0" * 32


def event(kind, **data):
    return f"event: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


class Answering:
    """Speaks what the widget speaks with Dalil; an answer's pieces come as `more` lets them."""

    def __init__(self):
        self.settings, self.refusing = {"greeting": None, "language": None}, False
        self.status, self.headers, self.pieces = 200, {}, []
        self.more, self.asked = threading.Semaphore(0), []
        answering = self

        class Handler(BaseHTTPRequestHandler):
            def do_HEAD(self):
                self.answer(200, "text/javascript", b"")

            def do_OPTIONS(self):
                self.answer(204, "text/plain", b"")

            def do_GET(self):
                if self.path == "/widget.js":
                    self.answer(200, "text/javascript", widget_script())
                else:
                    body = json.dumps(answering.settings).encode()
                    self.answer(403 if answering.refusing else 200, "application/json", body)

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                answering.asked.append(json.loads(body))
                kind = "text/event-stream" if answering.status == 200 else "application/json"
                self.answer(answering.status, kind, b"", answering.headers)
                for piece in answering.pieces:
                    answering.more.acquire()
                    self.wfile.write(piece)
                    self.wfile.flush()

            def answer(self, status, kind, body, headers=()):
                self.send_response(status)
                self.send_header("Content-Type", f"{kind}; charset=utf-8")
                self.send_header("Access-Control-Allow-Origin", "*")
                self.send_header("Access-Control-Allow-Headers", "Content-Type")
                self.send_header("Access-Control-Expose-Headers", "Retry-After")
                for name, value in dict(headers).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def play(self, *pieces, status=200, **headers):
        """Answer the next questions with these pieces, all at once."""
        self.status, self.headers = status, {k.replace("_", "-"): v for k, v in headers.items()}
        self.pieces, self.more = pieces, threading.Semaphore(len(pieces))

    def close(self):
        self.more.release(100)
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def dalil():
    answering = Answering()
    yield answering
    answering.close()


@pytest.fixture
def chat(visits, host, dalil):
    policy = f"default-src 'none'; script-src {dalil.url}; connect-src {dalil.url}"
    body = (
        f'<!doctype html><html lang="en"><title>Intranet</title>'
        f'<dalil-chat embed="{EMBED}"></dalil-chat><script src="{dalil.url}/widget.js"></script>'
    )
    page = visits.page()
    page.goto(host.put("/", body, policy=policy))
    page.locator("textarea").wait_for()
    return page


def ask(page, question, state):
    page.locator("textarea").fill(question)
    page.keyboard.press("Enter")
    page.locator(f".turn.{state}").last.wait_for()
    return page.locator(".turn").last


def answer(text, citations=(), related=(), status="answered"):
    return {
        "question": "?", "status": status, "text": text, "citations": list(citations),
        "related": list(related), "notice": None, "answer_id": None,
    }  # fmt: skip


def citation(quote, **fields):
    place = {"version": 1, "start": 0, "end": len(quote), "article_id": "a", "published": None}
    return {"n": 1, "quote": quote, "title": None, "outlet": None, "matches": [], **place, **fields}


def test_the_text_shows_as_it_comes_even_cut_within_a_letter(chat, dalil):
    cited = citation("كتاب", language="ar", href="/embed/x/articles/a?key=1#quote")
    whole = event("status", text="searching") + event("token", text="It says:\n“كتاب” ")
    cut = whole.index("كتاب".encode()) + 3
    done = event("token", text="[1]") + event("citation", **cited)
    dalil.play(whole[:cut], whole[cut:], done, event("done", **answer("“كتاب” [1]", [cited])))
    dalil.more = threading.Semaphore(1)
    turn = ask(chat, "What?", "working")
    assert turn.get_by_role("status").text_content() == WORDS["searching"]
    assert chat.get_by_role("log").get_attribute("aria-busy") == "true"
    dalil.more.release()
    chat.get_by_text("It says:").wait_for()
    assert "كتاب" in turn.text_content()
    dalil.more.release()
    turn.locator("a.marker").wait_for()
    assert chat.locator(".turn.working").count() == 1
    dalil.more.release()
    chat.locator(".turn.done").wait_for()
    assert chat.get_by_role("log").get_attribute("aria-busy") == "false"
    assert turn.locator("a.title").get_attribute("href").startswith(f"{dalil.url}/embed/x/")
    assert turn.locator("a.title").get_attribute("rel") == "noopener"


def test_pings_are_passed_over(chat, dalil):
    ping = b": ping\n\n"
    done = event("done", **answer("It says: yes."))
    said = event("token", text="It says: "), event("token", text="yes.")
    # One comes cut in two, one together with an event.
    dalil.play(ping, said[0], ping[:3], ping[3:] + said[1], ping + ping, done)
    turn = ask(chat, "What?", "done")
    assert "It says: yes." in turn.text_content()
    assert ping.decode().strip() not in turn.text_content()
    assert chat.locator(".turn.failed").count() == 0


def test_earlier_questions_are_sent_along_and_failed_ones_are_not(chat, dalil):
    dalil.play(event("done", **answer("Yes.")))
    ask(chat, "First?", "done")
    dalil.play(event("error", error="The model is gone."))
    failed = ask(chat, "Second?", "failed")
    assert "The model is gone." in failed.text_content()
    dalil.play(event("done", **answer("It was not.")))
    third = ask(chat, "Third?", "done")
    third.get_by_text("It was not.").wait_for()
    assert dalil.asked[-1] == {"question": "Third?", "history": ["First?"]}
    assert chat.locator(".turn").count() == 2


FAILURES = [
    ({"status": 503, "Retry_After": "5"}, f"{WORDS['busy']} Ask again in 5 seconds."),
    ({"status": 429, "Retry_After": "61"}, f"{WORDS['limited']} Ask again in 61 seconds."),
    ({"status": 403}, WORDS["refused"]),
    ({"status": 500}, WORDS["failed"]),
    ({"status": 200}, WORDS["broken"]),
]


@pytest.mark.parametrize(("played", "said"), FAILURES, ids=lambda value: str(value)[:20])
def test_a_failure_is_a_sentence_and_can_be_tried_again(visits, chat, dalil, played, said):
    visits.allowed.append("status of (403|429|500|503)")
    dalil.play(event("token", text="Half a sen") if played["status"] == 200 else b"x", **played)
    alert = ask(chat, "What?", "failed").get_by_role("alert")
    assert said in alert.text_content()
    dalil.play(event("done", **answer("All of it.")))
    alert.get_by_role("button", name=WORDS["retry"]).click()
    chat.get_by_text("All of it.").wait_for()
    assert chat.locator(".turn").count() == 1


def test_a_refused_panel_can_be_tried_again(visits, chat, dalil):
    visits.allowed.append("status of 403")
    dalil.refusing = True
    chat.reload()
    alert = chat.get_by_role("alert")
    assert WORDS["refused"] in alert.text_content()
    dalil.refusing = False
    alert.get_by_role("button", name=WORDS["retry_page"]).click()
    chat.locator("textarea").wait_for()
    assert alert.count() == 0


def test_a_server_that_is_gone_is_told_from_one_that_refuses(visits, chat, dalil):
    visits.allowed.append("ERR_CONNECTION_REFUSED")
    dalil.close()
    assert WORDS["offline"] in ask(chat, "What?", "failed").text_content()


def test_a_new_conversation_ends_the_answer_that_is_coming(chat, dalil):
    dalil.play(event("token", text="The old answer."), event("done", **answer("The old answer.")))
    dalil.more = threading.Semaphore(1)
    ask(chat, "Old?", "working")
    chat.get_by_text("The old answer.").wait_for()
    chat.get_by_role("button", name=WORDS["again"]).click()
    dalil.more.release()
    dalil.play(event("done", **answer("The new answer.")))
    ask(chat, "New?", "done")
    assert chat.locator(".turn").count() == 1
    assert dalil.asked[-1]["history"] == []


# Presses a button in the instant in which an answer is shown whole.
AT_ONCE = """(name) => {
  const root = document.querySelector("dalil-chat").shadowRoot;
  const watch = new MutationObserver(() => {
    if (!root.querySelector(".turn.done")) return;
    watch.disconnect();
    [...root.querySelectorAll("button")].find((one) => one.textContent === name).click();
  });
  watch.observe(root, { attributes: true, childList: true, subtree: true });
}"""


def test_a_new_conversation_in_the_instant_of_an_answer_is_empty(chat, dalil):
    chat.evaluate(AT_ONCE, WORDS["again"])
    dalil.play(event("done", **answer("The answer.")))
    chat.locator("textarea").fill("What?")
    chat.keyboard.press("Enter")
    chat.locator(".turn").wait_for(state="detached")
    dalil.play(event("done", **answer("Another.")))
    ask(chat, "And?", "done")
    assert dalil.asked[-1]["history"] == []


def test_a_question_in_the_instant_of_an_answer_is_asked(chat, dalil):
    dalil.play(event("done", **answer("The answer.")))
    dalil.more = threading.Semaphore(0)
    chat.evaluate(AT_ONCE, WORDS["ask"])
    ask(chat, "First?", "working")
    chat.locator("textarea").fill("Second?")
    dalil.more.release(2)
    chat.locator(".turn.done").nth(1).wait_for()
    assert [one["question"] for one in dalil.asked] == ["First?", "Second?"]


def test_hostile_text_stays_text_and_links_lead_to_the_server_only(visits, host, dalil):
    # `visits` fails the test for any request to another host, any dialog and any script error.
    hostile = {"title": f"{OVERRIDE}{SCRIPT}", "outlet": SCRIPT, "language": '"><script>'}
    cited = citation(SCRIPT, href="javascript:alert(3)", published="2020-07-02", **hostile)
    cited["matches"] = [{"question": SCRIPT, "quote": SCRIPT, "score": 1}]
    related = [
        {**cited, "text": SCRIPT, "href": href}
        for href in ("https://example.org/", "//example.org/", "data:text/html,x", "/embed/x")
    ]
    dalil.settings = {"greeting": SCRIPT, "language": "constructor"}
    dalil.play(event("done", **answer(f"{SCRIPT}\n{SCRIPT} [1]", [cited], related)))
    page = visits.page()
    button = f'<script src="{dalil.url}/widget.js" data-embed="{EMBED}" defer></script>'
    page.goto(host.put("/", f'<!doctype html><html lang="__proto__">{button}'))
    page.locator(".launcher").click()
    turn = ask(page, SCRIPT, "done")
    assert page.locator(".greeting").text_content() == SCRIPT
    assert turn.locator(".question bdi").text_content() == SCRIPT
    assert page.locator("dialog img, dialog script").count() == 0
    assert SCRIPT in turn.locator(".sources").first.text_content()
    links = [link.get_attribute("href") for link in turn.locator("a").all()]
    assert links == [f"{dalil.url}/embed/x?ui=en"]
    page.reload()
    page.locator(".launcher").click()
    assert page.locator(".turn a").count() == 1


def test_a_long_question_is_cut_where_the_server_would_refuse_it(chat, dalil):
    dalil.play(event("done", **answer("Yes.")))
    chat.locator("textarea").focus()
    chat.keyboard.insert_text("ب" * 2_500)
    assert len(chat.locator("textarea").input_value()) == 2_000


def test_what_may_answer_is_pointed_to_and_not_numbered(chat, dalil):
    maybe = citation("أُعيد فتح الجسر الأحد.", language="ar", href="/embed/x/articles/a?key=1#quote")
    maybe |= {"title": "الجسر", "start": 40, "end": 62, "focus_start": 56, "focus_end": 61}
    said = answer("It may be here:", status="abstained")
    said |= {"possible": [maybe], "unmet": ["اليمن", "7"]}
    dalil.play(event("token", text="It may be here:") + event("done", **said))
    turn = ask(chat, "When?", "done")
    assert turn.locator(".verdict").text_content() == WORDS["possible"]
    # The text is in the question's language, and says nothing that is not said already.
    assert "It may be here:" not in turn.text_content()
    assert turn.locator(".lacking").text_content() == f"{WORDS['lacking']} اليمن, 7"
    quote = turn.locator(".maybe blockquote")
    assert quote.text_content() == "أُعيد فتح الجسر الأحد."
    assert (quote.get_attribute("lang"), quote.get_attribute("dir")) == ("ar", "rtl")
    assert quote.locator("strong").text_content() == "الأحد"
    assert turn.locator(".maybe a").get_attribute("href").startswith(f"{dalil.url}/embed/x/")
    assert turn.locator(".marker").count() == 0
    ground = "e => getComputedStyle(e).backgroundColor"
    assert quote.locator("bdi").first.evaluate(ground) == "rgba(0, 0, 0, 0)"


def test_the_words_that_answer_are_bold_in_a_quote(chat, dalil):
    # Letters beyond the first plane count once, as in the article.
    quote = "𝒲 Sixty houses were flooded."
    cited = citation(quote, language="en", href="/embed/x/articles/a?key=1#quote")
    cited |= {"focus_start": 2, "focus_end": 7}
    dalil.play(event("done", **answer(f"It says: “{quote}” [1]", [cited])))
    turn = ask(chat, "How many?", "done")
    assert turn.locator("blockquote strong").text_content() == "Sixty"
    assert quote in turn.locator("blockquote").text_content()


def test_a_source_names_its_page_and_where_else_it_stands(chat, dalil):
    also = [{"outlet": "Second <b>", "title": "x"}, {"outlet": None, "title": "خبر آخر"}]
    cited = citation("The bridge is open.", page=3, also=also, href="/embed/x/articles/a?key=1")
    plain = citation("It is open.", page=None, also=[], n=2, article_id="other")
    quotes = "“The bridge is open.” [1]\n“It is open.” [2]"
    dalil.play(event("done", **answer(quotes, [cited, plain])))
    ask(chat, "Is it open?", "done")
    sources = chat.locator(".source")
    assert sources.nth(0).locator(".title").text_content().endswith(", page 3")
    assert "Also in: Second <b>, خبر آخر" in sources.nth(0).text_content()
    assert "page" not in sources.nth(1).locator(".title").text_content()
    assert "Also in" not in sources.nth(1).text_content()


def test_a_number_in_brackets_within_a_quote_is_no_marker(chat, dalil):
    cited = citation("The bridge [2] is open.", href="/embed/x/articles/a?key=1")
    other = citation("It was shut [1].", n=2, article_id="other", href="/embed/x/articles/b?key=1")
    line = "It says “The bridge [2] is open.” [1] and “It was shut [1].” [2], it seems."
    dalil.play(event("done", **answer(line, [cited, other])))
    turn = ask(chat, "Is it open?", "done")
    assert turn.locator(".line .marker").all_text_contents() == ["1", "2"]
    assert turn.locator(".line .quote").all_text_contents() == [cited["quote"], other["quote"]]
