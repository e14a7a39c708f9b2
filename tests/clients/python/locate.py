"""A client in another language, made from the proto files alone: locates a chip and reads a typed error.

    python locate.py ADDRESS STUBS

STUBS is a folder with the modules that grpcio-tools made. run.sh makes them and calls this.
"""

import sys

address, stubs = sys.argv[1:]
sys.path.insert(0, stubs)

import grpc
from google.rpc import error_details_pb2, status_pb2
from lightcone.v1 import finding_pb2, geo_pb2, location_pb2, location_pb2_grpc

NEAR_SINGAPORE = {"sin-1": (1.30, 103.80), "sin-2": (1.40, 103.90), "sin-3": (1.45, 103.75)}


def request():
    landmarks = [
        location_pb2.Landmark(
            name=name,
            point=geo_pb2.Point(latitude_deg=latitude, longitude_deg=longitude),
            position_error_m=0,
        )
        for name, (latitude, longitude) in NEAR_SINGAPORE.items()
    ]
    return location_pb2.LocateRequest(
        landmarks=landmarks,
        round_trips=[location_pb2.RoundTrip(landmark=name, rtt_ns=900_000) for name in NEAR_SINGAPORE],
        questions=[finding_pb2.Question(outside=finding_pb2.Question.Outside(areas=["CN", "RU"]))],
    )


def batch():
    yield location_pb2.BatchLocateRequest(
        header=location_pb2.BatchHeader(landmarks=request().landmarks, questions=request().questions)
    )
    items = [location_pb2.BatchItem(correlation_id=str(n), rtt_ns=[900_000] * 3) for n in range(100)]
    items.append(location_pb2.BatchItem(correlation_id="short", rtt_ns=[1]))
    yield location_pb2.BatchLocateRequest(items=location_pb2.BatchItems(items=items))


def reason(status):
    """The ErrorInfo of a google.rpc.Status."""
    for detail in status.details:
        info = error_details_pb2.ErrorInfo()
        if detail.Unpack(info):
            return info
    raise AssertionError(f"no ErrorInfo in {status}")


with grpc.insecure_channel(address) as channel:
    client = location_pb2_grpc.LocationServiceStub(channel)

    verdict = client.Locate(request(), timeout=10).verdict
    (answer,) = verdict.answers
    assert answer.finding == finding_pb2.FINDING_PROVEN, answer
    assert "SG" in verdict.touched, verdict.touched
    print("Locate: outside", list(answer.question.outside.areas), finding_pb2.Finding.Name(answer.finding))

    wrong = request()
    wrong.round_trips[1].rtt_ns = -5
    try:
        client.Locate(wrong, timeout=10)
        raise AssertionError("a negative round trip was accepted")
    except grpc.RpcError as error:
        assert error.code() == grpc.StatusCode.INVALID_ARGUMENT, error
        trailers = dict(error.trailing_metadata())
        info = reason(status_pb2.Status.FromString(trailers["grpc-status-details-bin"]))
        assert (info.domain, info.reason) == ("lightcone", "FIELD_INVALID"), info
        assert info.metadata["field"] == "round_trips[1].rtt_ns", info
        print("Locate: refused,", info.reason, dict(info.metadata))

    answered, refused, opening = 0, [], None
    for frame in client.BatchLocate(batch(), timeout=30):
        if frame.WhichOneof("frame") == "opening":
            opening = frame.opening
            continue
        for outcome in frame.outcomes.outcomes:
            if outcome.WhichOneof("outcome") == "error":
                refused.append((outcome.correlation_id, reason(outcome.error).reason))
            else:
                answered += 1
                assert "SG" in [opening.areas[index] for index in outcome.brief.touched]
    assert answered == 100 and refused == [("short", "LENGTHS_DIFFER")], (answered, refused)
    print("BatchLocate:", answered, "answered,", refused)
