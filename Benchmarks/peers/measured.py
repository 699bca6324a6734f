"""Answers every line on standard input with one measurement, as `polymath bench … --serve` does."""
import json
import sys


def peak_bytes():
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024


def serve(measure):
    print("ready", flush=True)
    for _ in sys.stdin:
        print(json.dumps({"seconds": measure(), "peakBytes": peak_bytes()}), flush=True)
