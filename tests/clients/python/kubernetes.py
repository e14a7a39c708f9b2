"""Runs the scheduler extender of examples/kubernetes against a server, and asks it as Kubernetes does.

    kubernetes.py ADDRESS STUBS
"""

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

address, stubs = sys.argv[1], sys.argv[2]
sys.path.insert(0, stubs)

import grpc  # noqa: E402
from lightcone.v1 import agent_pb2, agent_pb2_grpc, chip_pb2, chip_pb2_grpc  # noqa: E402
from lightcone.v1 import party_pb2, party_pb2_grpc, site_pb2, site_pb2_grpc  # noqa: E402

EXTENDER = Path(__file__).parents[3] / "examples" / "kubernetes" / "extender.py"
# The public key of the first test vector of RFC 8032, section 7.1.
KEY = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")


def enter():
    """A hall with one node that was never measured, and a tenant of the cloud."""
    channel = grpc.insecure_channel(address)
    sites = site_pb2_grpc.SiteServiceStub(channel)
    sites.CreateSite(site_pb2.CreateSiteRequest(site_id="hall", site=site_pb2.Site()))
    agent = agent_pb2.Agent(site="sites/hall", identity_key=KEY)
    agent_pb2_grpc.AgentServiceStub(channel).CreateAgent(
        agent_pb2.CreateAgentRequest(agent_id="node-7", agent=agent))
    chips = chip_pb2_grpc.ChipServiceStub(channel)
    chips.CreateChip(chip_pb2.CreateChipRequest(
        chip_id="gpu-7", chip=chip_pb2.Chip(serial="s-7", sku="H100")))
    chips.PairChip(chip_pb2.PairChipRequest(name="chips/gpu-7", agent="agents/node-7", reason="installed"))
    party = party_pb2.Party(display_name="Acme", headquarters="SG", owners_complete=True)
    party_pb2_grpc.PartyServiceStub(channel).CreateParty(
        party_pb2.CreatePartyRequest(party_id="acme", party=party))


def node(name, agent):
    return {"metadata": {"name": name, "labels": {"lightcone.dev/agent": agent} if agent else {}}}


def pod(party):
    notes = {"lightcone.dev/party": party, "lightcone.dev/uses": "training"} if party else {}
    return {"metadata": {"name": "job", "annotations": notes}}


class Extender:
    def __init__(self, passing):
        arguments = [sys.executable, str(EXTENDER), "--server", address, "--listen", "127.0.0.1:0", "--pass", passing]
        environment = {**os.environ, "PYTHONPATH": stubs}
        self.process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, env=environment)
        self.url = "http://" + self.process.stdout.readline().split()[-1] + "/filter"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def ask(self, body):
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(self.url, text, {"Content-Type": "application/json"})
        return json.load(urllib.request.urlopen(request, timeout=20))

    def kept(self, party, nodes):
        answer = self.ask({"Pod": pod(party), "Nodes": {"items": nodes}})
        assert "Error" not in answer, answer
        return [each["metadata"]["name"] for each in answer["Nodes"]["items"]], answer["FailedNodes"]


def main():
    enter()
    nodes = [node("seven", "node-7"), node("bare", None)]
    with Extender("ALLOW") as extender:
        kept, failed = extender.kept("parties/acme", nodes)
        assert kept == [] and "no label" in failed["bare"], (kept, failed)
        assert failed["seven"].startswith("UNKNOWN by policyVersions/1") and "summon" in failed["seven"], failed
        kept, failed = extender.kept(None, nodes)
        assert kept == ["seven", "bare"] and failed == {}, "pods without a party are none of our business"
        for wrong, words in [(b"{", "not understood"), ({"Pod": pod("parties/nobody"), "Nodes": {"items": nodes}}, "NOT_FOUND"),
                             ({"Pod": pod("acme"), "Nodes": {"items": nodes}}, "INVALID_ARGUMENT")]:
            answer = extender.ask(wrong)
            assert words in answer["Error"] and "Nodes" not in answer, answer
    with Extender("ALLOW,UNKNOWN") as extender:
        kept, failed = extender.kept("parties/acme", nodes)
        assert kept == ["seven"] and list(failed) == ["bare"], "what UNKNOWN means is the cluster's to say"
    print("kubernetes: an extender filters nodes by what the service says")


main()
