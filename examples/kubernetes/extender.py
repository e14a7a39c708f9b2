#!/usr/bin/env python3
"""A scheduler extender for Kubernetes that asks Lightcone which nodes a pod may run on.

Kubernetes asks over HTTP with the nodes that are left (`filter` of the extender API, v1); this answers with those that
the rules allow, and says of each other node why not. It gives advice before a pod is bound and touches none that runs.

A pod says whose work it is:   annotation lightcone.dev/party: parties/acme
and what it is for:            annotation lightcone.dev/uses:  training,inference   (may be left out)
A node says what it stands on: label      lightcone.dev/agent: node-7               (the agent's identifier)

Pods without the first annotation are none of Lightcone's business and pass. Nodes without the label do not pass.
"""

import argparse
import http.server
import json
import sys

import grpc
from lightcone.v1 import decision_pb2, placement_pb2, placement_pb2_grpc, transfer_pb2

PARTY, USES, AGENT = "lightcone.dev/party", "lightcone.dev/uses", "lightcone.dev/agent"
BODY_BYTES_MAX = 32 << 20
CALL_SECONDS = 5


def workload(pod):
    """Whose work a pod is and what for; None: Lightcone is not asked."""
    notes = pod.get("metadata", {}).get("annotations") or {}
    if PARTY not in notes:
        return None
    words = [word.strip() for word in notes.get(USES, "").split(",") if word.strip()]
    uses = [transfer_pb2.EndUse.Value("END_USE_" + word.upper()) for word in words]
    return placement_pb2.Workload(party=notes[PARTY], uses=uses)


def agent_of(node):
    """The agent that a node stands on; None: it does not say."""
    return (node.get("metadata", {}).get("labels") or {}).get(AGENT)


def name_of(node):
    return node["metadata"]["name"]


class Judge:
    """Asks Lightcone, and maps its answers to yes or no. What REVIEW and UNKNOWN mean is the cluster's to say."""

    def __init__(self, channel, passing):
        self.stub = placement_pb2_grpc.PlacementServiceStub(channel)
        self.passing = {decision_pb2.Outcome.Value("OUTCOME_" + word) for word in passing}

    def why_not(self, work, agents):
        """For each agent the reason against it; empty: it may run there."""
        places = [placement_pb2.Place(agent="agents/" + agent) for agent in agents]
        request = placement_pb2.CheckPlacementRequest(workload=work, places=places)
        answer = self.stub.CheckPlacement(request, timeout=CALL_SECONDS)
        return [self.reason(placement, answer.policy_version) for placement in answer.placements]

    def reason(self, placement, version):
        if placement.outcome in self.passing:
            return ""
        word = decision_pb2.Outcome.Name(placement.outcome).removeprefix("OUTCOME_")
        told = "; ".join([*placement.missing, ", ".join(placement.rules)]).strip("; ")
        return f"{word} by {version}: {told}"


def filtered(judge, arguments):
    """The answer to one `filter` call."""
    work = workload(arguments.get("Pod") or arguments.get("pod") or {})
    nodes = (arguments.get("Nodes") or arguments.get("nodes") or {}).get("items") or []
    if work is None:
        return {"Nodes": {"items": nodes}, "FailedNodes": {}}
    failed = {name_of(node): f"no label {AGENT}" for node in nodes if not agent_of(node)}
    asked = [node for node in nodes if agent_of(node)]
    kept = []
    if asked:
        for node, reason in zip(asked, judge.why_not(work, [agent_of(node) for node in asked])):
            if reason:
                failed[name_of(node)] = reason
            else:
                kept.append(node)
    return {"Nodes": {"items": kept}, "FailedNodes": failed}


def handler(judge):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            length = int(self.headers.get("Content-Length") or 0)
            if self.path != "/filter" or not 0 < length <= BODY_BYTES_MAX:
                self.answer(404 if self.path != "/filter" else 413, {"Error": "POST /filter with ExtenderArgs"})
                return
            try:
                self.answer(200, filtered(judge, json.loads(self.rfile.read(length))))
            except grpc.RpcError as error:
                # Kubernetes does not bind the pod and tries again: no answer is not a yes.
                self.answer(200, {"Error": f"lightcone: {error.code().name}: {error.details()}"})
            except (ValueError, KeyError, TypeError) as error:
                self.answer(200, {"Error": f"not understood: {error}"})

        def answer(self, code, body):
            text = json.dumps(body).encode()
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_):
            pass

    return Handler


def channel(arguments):
    if not arguments.ca:
        return grpc.insecure_channel(arguments.server)
    read = lambda path: open(path, "rb").read()
    return grpc.secure_channel(
        arguments.server,
        grpc.ssl_channel_credentials(read(arguments.ca), read(arguments.key), read(arguments.cert)),
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--server", default="127.0.0.1:7443", help="where Lightcone serves")
    parser.add_argument("--listen", default="127.0.0.1:8888", help="where Kubernetes asks; port 0: any")
    parser.add_argument("--pass", dest="passing", default="ALLOW",
                        help="outcomes that pass, by commas: ALLOW, REVIEW, UNKNOWN (default ALLOW alone)")
    parser.add_argument("--ca", help="roots, PEM; with it, TLS")
    parser.add_argument("--cert", help="this extender's certificate, PEM")
    parser.add_argument("--key", help="its key, PEM")
    arguments = parser.parse_args()
    judge = Judge(channel(arguments), [word.strip().upper() for word in arguments.passing.split(",")])
    host, _, port = arguments.listen.rpartition(":")
    server = http.server.ThreadingHTTPServer((host, int(port)), handler(judge))
    print(f"listening on {server.server_address[0]}:{server.server_address[1]}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
