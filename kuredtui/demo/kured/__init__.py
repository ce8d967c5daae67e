"""A simulated kured 1.23: the daemon of one node, as far as the API server can tell.

Its protocol is kured's (github.com/kubereboot/kured at 1.23.0: cmd/kured/main.go, pkg/daemonsetlock,
pkg/taints, pkg/timewindow, pkg/blockers, and the drain of k8s.io/kubectl 0.36 it is built with), what
it does wrong included, for the console has to live beside the real one. Some of its faults:

- a failed drain releases the lock, after the release delay, and only then uncordons; the uncordon
  takes away a cordon that was there before, and if it fails the daemon dies and the node stays
  cordoned with nobody responsible;
- a refused eviction is repeated without a pause, at the pace of client-go's rate limit;
- if the lock cannot be read for five minutes after a start, the daemon goes on as if it did not hold
  it: the node it has rebooted stays cordoned, and locked, until its next start;
- with more than one owner, an expired entry counts as an owner while there is room, so that a node
  can have two entries, of which a release takes one;
- a value of the other shape is overwritten (several owners) or waited for until the end of time
  (one owner).

Delays are divided by the pace's speed, as everywhere in the simulation, but for two that others
measure as well: the lock's TTL, and the reboot window, which follow the real clock.

What it does not do: notify, log in kured's format, or ask a Prometheus; a kured that is told to ask
one takes it for unreachable, and so is blocked.
"""

from kuredtui.demo.kured.main import make_main

__all__ = ["make_main"]
