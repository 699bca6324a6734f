"""Runs two measurement servers in alternation and prints the ratio of their times, round by round.

    alternate.py LABEL[,LABEL…] ROUNDS OURS… -- THEIRS…
"""
import json
import statistics
import subprocess
import sys
import time


class Server:
    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline().strip() != "ready":
            sys.exit(f"{command[0]} did not start")

    def measure(self):
        # The other's threads may still wait for work, and then take a core from this one.
        time.sleep(0.05)
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        self.peak = answer["peakBytes"]
        return answer["seconds"]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


labels, rounds = sys.argv[1].split(","), int(sys.argv[2])
split = sys.argv.index("--")
ours, theirs = Server(sys.argv[3:split]), Server(sys.argv[split + 1 :])
pairs = [(ours.measure(), theirs.measure()) for _ in range(rounds)]
for index, label in enumerate(labels):
    a, b = [p[0][index] for p in pairs], [p[1][index] for p in pairs]
    ratios = sorted(x / y for x, y in zip(a, b))
    unit, scale = ("µs", 1e6) if statistics.median(a) < 1e-3 else ("ms", 1e3)
    print(
        f"{label}: {statistics.median(a) * scale:.2f} {unit} against {statistics.median(b) * scale:.2f} {unit}, "
        f"ratio {statistics.median(ratios):.3f} ({ratios[0]:.3f} to {ratios[-1]:.3f})"
    )
print(f"peak memory: {ours.peak / 1e6:.0f} MB against {theirs.peak / 1e6:.0f} MB, ratio {ours.peak / theirs.peak:.3f}")
ours.close()
theirs.close()
