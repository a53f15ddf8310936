"""Runs cells on a Jupyter kernel: a request as JSON on standard input, a line of JSON a cell on standard output.

The request has `kernel`, a name; `cwd`; `setup`, code run first; `cells`; `settle`, code run after
each cell, whose display of the MIME type `marker` says that nothing more will come; `seconds`,
that a cell may take. A line has `messages`, all that the kernel published for the cell, and
`ended`, null or why there are no further lines.
"""

import json
import queue
import sys
import time

from jupyter_client.manager import KernelManager

request = json.load(sys.stdin)
manager = KernelManager(kernel_name=request["kernel"])
manager.start_kernel(cwd=request["cwd"])
client = manager.client()
client.start_channels()


def publish(code, messages, marker=None):
    """Runs code and adds what it publishes to messages. Returns None, or why it did not end."""
    sent = client.execute(code)
    deadline = time.monotonic() + request["seconds"]
    idle, marked = False, marker is None
    while not (idle and marked):
        try:
            message = client.get_iopub_msg(timeout=0.5)
        except queue.Empty:
            if not manager.is_alive():
                return "the kernel died"
            if time.monotonic() > deadline:
                return f"it took more than {request['seconds']} s"
            continue
        kind, content = message["msg_type"], message["content"]
        if kind == "status":
            own = message["parent_header"].get("msg_id") == sent
            idle = idle or (own and content["execution_state"] == "idle")
            continue
        messages.append({"type": kind, "content": content})
        marked = marked or marker in content.get("data", {})
        if kind == "error":
            marked = True
    return None


def run(code):
    messages = []
    ended = publish(code, messages)
    # What a cell shows at its very end may come after the kernel has called itself idle.
    if ended is None:
        ended = publish(request["settle"], messages, request["marker"])
    return {"messages": messages, "ended": ended}


try:
    client.wait_for_ready(timeout=60)
    for code in [request["setup"], *request["cells"]]:
        line = run(code)
        print(json.dumps(line), flush=True)
        if line["ended"] or any(message["type"] == "error" for message in line["messages"]):
            break
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
