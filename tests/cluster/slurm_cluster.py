"""A Slurm cluster of two nodes on this machine: real daemons, and nodes that can be killed whole."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from tempfile import TemporaryDirectory
from typing import TypeVar

Found = TypeVar("Found")
NODES = ("n1", "n2")
PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "unshare")
TIED = (sys.executable, "-m", "mcdeconv.machine")  # a daemon ends with the tests, however those end
GUARD = 600  # seconds after which a wait is given up
# A node has processes of its own, which end with the first of them, and an /etc/slurm of its own: job steps of
# Snakemake's plugin do not see SLURM_CONF.
NODE = ("unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c")
# Each is said to have two processors and two GPUs, and the memory that the profile asks for, whatever there is here.
CONFIGURATION = """
ClusterName=tiny
SlurmctldHost=localhost
SlurmUser=root
SlurmctldPort={ports[0]}
AuthInfo=socket={folder}/munge.socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/%n.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
MailProg=/bin/true
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
JobRequeue=0
SlurmdTimeout=5
MessageTimeout=5
ReturnToService=2
GresTypes=gpu
NodeName=n1 NodeHostname=localhost NodeAddr=127.0.0.1 Port={ports[1]} CPUs=2 RealMemory=16000 Gres=gpu:2
NodeName=n2 NodeHostname=localhost NodeAddr=127.0.0.1 Port={ports[2]} CPUs=2 RealMemory=16000 Gres=gpu:2
PartitionName=gpu Nodes=n1,n2
"""


def why_not() -> str:
    """Why there can be no cluster here; empty if there can."""
    if missing := [name for name in PROGRAMS if shutil.which(name) is None]:
        return f"no {', '.join(missing)} here; scripts/install_slurm.sh or `apt-get install slurm-wlm`"
    if os.geteuid() != 0:
        return "Slurm's daemons have to run as root"
    if subprocess.run([*NODE, "mount --bind /tmp /etc/slurm"], capture_output=True).returncode:
        return "no namespaces can be made here"
    return ""


@dataclass(frozen=True)
class Cluster:
    """A running one; its commands are Slurm's own."""

    folder: Path
    nodes: dict[str, subprocess.Popen]

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "SLURM_CONF": str(self.folder / "slurm.conf")}

    def ask(self, *command: str) -> list[str]:
        """The lines that a command of Slurm's prints."""
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=True)
        return done.stdout.splitlines()

    def states(self) -> dict[str, str]:
        """By node, such as "idle" or "down*"."""
        return dict(line.split() for line in self.ask("sinfo", "--noheader", "--Node", "--format=%N %t"))

    def jobs(self) -> list[dict[str, str]]:
        """All that were submitted, with Slurm's names for what it knows of them."""
        lines = self.ask("scontrol", "--oneliner", "show", "jobs")
        return [dict(re.findall(r"(\w+)=(\S*)", line)) for line in lines if line.startswith("JobId=")]

    def kill(self, node: str) -> None:
        """All that runs on a node ends at once, as if its power had failed."""
        self.nodes[node].kill()
        self.nodes[node].wait()


def wait_until(condition: Callable[[], Found], what: str) -> Found:
    """What is true in the end; AssertionError if it never comes to that."""
    end = time.monotonic() + GUARD
    while not (found := condition()):
        assert time.monotonic() < end, f"waited in vain until {what}"
        time.sleep(0.1)
    return found


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """munged, slurmctld and two slurmd, with all that they need in one folder; nothing of them is left at the end."""
    with TemporaryDirectory(prefix="slurm-", ignore_cleanup_errors=True) as name, ExitStack() as ending:
        folder = Path(name)  # not pytest's: a socket's path must be short
        configure(folder)
        munge = {name: f"--{name}-file={folder}/munge.{name}" for name in ("key", "pid", "log", "seed")}
        listens = folder / "munge.socket"
        start(ending, folder, "munged", "--foreground", "--force", f"--socket={listens}", *munge.values())
        wait_until(listens.exists, "munged listens")
        start(ending, folder, "slurmctld", "-D")
        shells = {name: f"mount --bind {folder} /etc/slurm && exec slurmd -D -N {name}" for name in NODES}
        cluster = Cluster(folder, {name: start(ending, folder, *NODE, shell) for name, shell in shells.items()})
        wait_until(lambda: ready(cluster), "both nodes are idle")
        yield cluster


def configure(folder: Path) -> None:
    (folder / "slurm.conf").write_text(CONFIGURATION.format(folder=folder, ports=free_ports(3)))
    (folder / "gres.conf").write_text("Name=gpu File=/dev/null\nName=gpu File=/dev/zero\n")
    (folder / "munge.key").write_bytes(os.urandom(128))
    (folder / "munge.key").chmod(0o600)
    for name in ("state", *NODES):
        (folder / name).mkdir()


def start(ending: ExitStack, folder: Path, *command: str) -> subprocess.Popen:
    """A daemon, which the stack kills; what it says goes into a file."""
    log = ending.enter_context((folder / "daemons.log").open("a"))
    environment = {**os.environ, "SLURM_CONF": str(folder / "slurm.conf")}
    started = subprocess.Popen([*TIED, *command], stdout=log, stderr=log, env=environment)
    ending.callback(started.wait)
    ending.callback(started.kill)
    return started


def ready(cluster: Cluster) -> bool:
    try:
        return set(cluster.states().values()) == {"idle"}
    except subprocess.CalledProcessError:  # slurmctld does not answer yet
        return False


def free_ports(count: int) -> Sequence[int]:
    """Ports that nobody uses."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
