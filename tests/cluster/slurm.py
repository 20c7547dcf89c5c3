# SPDX-License-Identifier: GPL-3.0-or-later
"""A real Slurm on this machine, for the length of a test.

    with Slurm(folder) as slurm:
        job = slurm.submit("--wrap", "hostname")
        slurm.wait(job)

A munged, a slurmctld and three slurmd of its own (nodes n1, n2, n3, one
processor each), run by root. Configuration, sockets, state and logs lie in
`folder`; nothing of /etc is read or written, and a Slurm that the machine may
have is not touched. Everything is ended by its process number when the block is
left or the program ends. Killed outright, it takes the daemons along; steps that
were running then go on until they find nobody to report to.

Two networks. "loopback": all on that interface, each node on a port of its own.
"namespaces": each node in a network namespace, joined by a bridge in one more,
so that a node can be cut off while its programs go on. `unavailable()` says what
a machine lacks for either.

Needs scripts/setup --with-cluster.
"""
import atexit
import ctypes
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

NODES = ("n1", "n2", "n3")
PROGRAMS = ("slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "srun", "munged")
PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
# States of a job that will not change by themselves any more.
ENDED = {"COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL", "OUT_OF_MEMORY",
         "BOOT_FAIL", "DEADLINE"}
TIMEOUT = 120  # seconds, for whatever should take a few

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
LIBC = ctypes.CDLL(None, use_errno=True)


def unavailable(network="loopback"):
    """Why there can be no Slurm here, or None."""
    if os.geteuid() != 0:
        return "slurmd has to be started by root"
    lacking = [program for program in PROGRAMS if shutil.which(program, path=PATH) is None]
    if lacking:
        return "%s: not installed; scripts/setup --with-cluster" % ", ".join(lacking)
    if network == "namespaces":
        return _no_namespaces()
    return None


def wait_until(condition, what, timeout=TIMEOUT, step=0.2):
    """The first true value of condition(); an error that names `what` when time is up."""
    end = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError("%s: not within %d s" % (what, timeout))
        time.sleep(step)


class Slurm:
    """One cluster; a context manager."""

    def __init__(self, folder, network="loopback"):
        self.folder = pathlib.Path(folder)
        self.network = (_Namespaces if network == "namespaces" else _Loopback)()
        self.daemons = {}  # name -> Popen
        self.config = self.folder / "slurm.conf"
        self.env = dict(os.environ, PATH=PATH, SLURM_CONF=str(self.config))

    def __enter__(self):
        atexit.register(self.stop)  # unittest leaves out its cleanups after Ctrl-C
        try:
            self._start()
        except BaseException:
            self._tell_logs()
            self.stop()
            raise
        return self

    def __exit__(self, kind, *_):
        if kind is not None:
            self._tell_logs()
        self.stop()

    # Clients ------------------------------------------------------------------

    def run(self, *command, expect=0, timeout=TIMEOUT, **options):
        """A command as a user of the cluster gives it: sbatch, squeue, hipsgen submit."""
        done = subprocess.run([*self.network.enter(), *map(str, command)], text=True,
                              capture_output=True, env=self.env, timeout=timeout, **options)
        if expect is not None and done.returncode != expect:
            raise AssertionError("%s: exit %d, expected %d\n%s%s" % (
                " ".join(map(str, command)), done.returncode, expect, done.stdout, done.stderr))
        return done

    def submit(self, *arguments, **options):
        """sbatch ARGUMENTS; the number of the job."""
        done = self.run("sbatch", "--parsable", *arguments, **options)
        return done.stdout.strip().partition(";")[0]

    def jobs(self, job=None):
        """The records of all jobs, or of the tasks of one, as scontrol tells them."""
        done = self.run("scontrol", "--oneliner", "show", "job", *([job] if job else []))
        return [dict(reversed([word.partition("=")[::2] for word in line.split()]))
                for line in done.stdout.splitlines() if line.startswith("JobId=")]

    def wait(self, job, timeout=TIMEOUT):
        """The records of a job's tasks, after the last has ended.

        Requeued tasks are started at once: Slurm would let them wait two minutes.
        """
        def ended():
            records = self.jobs(job)
            for record in records:
                if record["JobState"] == "PENDING" and record["Restarts"] != "0":
                    self.start_now(record["JobId"])
            return records if all(r["JobState"] in ENDED for r in records) else None

        return wait_until(ended, "end of job %s" % job, timeout)

    def start_now(self, job):
        """Does away with the wait before a requeued job starts."""
        self.run("scontrol", "update", "jobid=%s" % job, "starttime=now", expect=None)

    # Nodes --------------------------------------------------------------------

    def node_states(self):
        """Node -> state: IDLE, ALLOCATED, DOWN*, …"""
        done = self.run("scontrol", "--oneliner", "show", "node", expect=None)
        nodes = [dict(word.partition("=")[::2] for word in line.split() if "=" in word)
                 for line in done.stdout.splitlines()]
        return {node["NodeName"]: node["State"] for node in nodes if "State" in node}

    def wait_for_idle(self):
        """Until all three nodes can take work."""
        wait_until(lambda: list(self.node_states().values()) == ["IDLE"] * len(NODES),
                   "three idle nodes")

    def processes(self, node, program=None):
        """Numbers of the processes of a node, or of those that run `program`."""
        found = descendants(self.daemons[node].pid)
        return [pid for pid in found if program is None or _name(pid) == program]

    def kill_node(self, node):
        """Power failure: slurmd, its steps and their programs are gone at once."""
        _end(self.daemons.pop(node))

    def start_node(self, node):
        """Starts slurmd; a node that was killed comes back by itself."""
        self._start_daemon(node, ["slurmd", "-D", "-N", node, "-f", self.config],
                           self.network.enter(node))

    def cut_off(self, node):
        """The node's link goes down; its programs go on. Only with namespaces."""
        self.network.link(node, "down")

    def reconnect(self, node):
        """The link is up again, and slurmd says so at once."""
        self.network.link(node, "up")
        os.kill(self.daemons[node].pid, signal.SIGHUP)

    # Start and end --------------------------------------------------------------

    def _start(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o755)
        for name in ("munge", "state", "spool", "log"):
            (self.folder / name).mkdir(mode=0o755)
        self.network.start()
        self.config.write_text(self._configuration())
        self._start_munge()
        self._start_daemon("slurmctld", ["slurmctld", "-D", "-f", self.config],
                           self.network.enter())
        for node in NODES:
            self.start_node(node)
        self.wait_for_idle()

    def _start_munge(self):
        munge = self.folder / "munge"
        key = munge / "key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o600)
        self._start_daemon("munged", [
            "munged", "--foreground", "--force", "--num-threads=2", "--key-file", key,
            "--socket", munge / "socket", "--pid-file", munge / "pid",
            "--seed-file", munge / "seed", "--log-file", munge / "log"])
        wait_until((munge / "socket").exists, "munged's socket", step=0.05)

    def _start_daemon(self, name, command, prefix=()):
        with open(self.folder / "log" / (name + ".out"), "ab") as out:
            self.daemons[name] = subprocess.Popen(
                [*prefix, *map(str, command)], stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                env=self.env, start_new_session=True, preexec_fn=_as_daemon)

    def stop(self):
        """Ends all; harmless when that has been done."""
        while self.daemons:
            _end(self.daemons.popitem()[1])
        self.network.stop()
        atexit.unregister(self.stop)

    def _tell_logs(self):
        """What a failure may have to do with."""
        for log in sorted((self.folder / "log").glob("*")):
            tail = log.read_text(errors="replace").splitlines()[-12:]
            if tail:
                print("== %s\n%s" % (log.name, "\n".join(tail)), flush=True)

    def _configuration(self):
        folder = self.folder
        machine = socket.gethostname().partition(".")[0]
        nodes = "".join(
            "NodeName=%s NodeHostname=%s NodeAddr=%s Port=%d CPUs=1 RealMemory=4096\n"
            % (node, machine, self.network.address(node), self.network.port(node))
            for node in NODES)
        return f"""# Written for one test.
ClusterName=test
SlurmctldHost={machine}({self.network.address()})
SlurmctldPort={self.network.port()}
{self.network.listen}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool/%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/%n.pid
SlurmctldLogFile={folder}/log/slurmctld
SlurmdLogFile={folder}/log/%n
# No cgroups, no accounting, no limits handed on: a container will do.
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
PropagateResourceLimits=NONE
# Three nodes that all see the whole machine.
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
# A node that is silent for 6 s is down; one that answers again is up.
SlurmdTimeout=6
ReturnToService=2
MessageTimeout=5
TCPTimeout=1
KillWait=2
JobRequeue=0
MinJobAge=3600
SchedulerParameters=batch_sched_delay=0,sched_interval=1,bf_interval=1
{nodes}PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


# Networks -------------------------------------------------------------------------


class _Loopback:
    """All daemons on the loopback interface, with ports that were free.

    Slurm listens to every address, or to that of the machine's name; the latter
    is taken where it is a loopback address, as Debian sets it.
    """

    def start(self):
        try:
            self.own = socket.gethostbyname(socket.gethostname())
        except OSError:
            self.own = ""
        self.listen = "CommunicationParameters=NoInAddrAny,NoCtldInAddrAny"
        if not self.own.startswith("127."):
            self.own, self.listen = "127.0.0.1", ""
        held = [socket.create_server((self.own, 0)) for _ in (None, *NODES)]
        self.ports = dict(zip((None, *NODES), (s.getsockname()[1] for s in held)))
        for server in held:
            server.close()

    def stop(self):
        pass

    def enter(self, node=None):
        return []

    def address(self, node=None):
        return self.own

    def port(self, node=None):
        return self.ports[node]

    def link(self, node, state):
        raise NotImplementedError("only a network namespace has a link to cut")


class _Namespaces:
    """A network namespace for each node and one, with a bridge, for slurmctld and
    the clients. They end with the processes that hold them open."""

    listen = ""  # to every address: there are no others in here

    def start(self):
        self.holders = {name: _hold_namespace() for name in (None, *NODES)}
        self._ip(None, "link", "set", "lo", "up")
        self._ip(None, "link", "add", "hub", "type", "bridge")
        self._ip(None, "address", "add", self.address() + "/24", "dev", "hub")
        self._ip(None, "link", "set", "hub", "up")
        for node in NODES:
            self._ip(None, "link", "add", node, "type", "veth", "peer", "name", "uplink",
                     "netns", self.holders[node].pid)
            self._ip(None, "link", "set", node, "master", "hub", "up")
            self._ip(node, "link", "set", "lo", "up")
            self._ip(node, "address", "add", self.address(node) + "/24", "dev", "uplink")
            self._ip(node, "link", "set", "uplink", "up")

    def stop(self):
        for holder in getattr(self, "holders", {}).values():
            holder.kill()
            holder.wait()

    def enter(self, node=None):
        # Not `ip netns exec`: it would hide /sys from slurmd.
        return ["nsenter", "--net=/proc/%d/ns/net" % self.holders[node].pid]

    def address(self, node=None):
        return "10.0.0.%d" % (1 + (None, *NODES).index(node))

    def port(self, node=None):
        return 6817 if node is None else 6818

    def link(self, node, state):
        self._ip(node, "link", "set", "uplink", state)

    def _ip(self, where, *arguments):
        done = subprocess.run([*self.enter(where), "ip", *map(str, arguments)], text=True,
                              capture_output=True, env=dict(os.environ, PATH=PATH))
        if done.returncode:
            raise RuntimeError("ip %s: %s" % (" ".join(map(str, arguments)), done.stderr))


def _hold_namespace():
    """A sleeping process in a network namespace of its own."""
    holder = subprocess.Popen(["unshare", "--net", "sleep", "infinity"],
                              stderr=subprocess.PIPE, text=True, preexec_fn=_as_daemon)
    ours = os.readlink("/proc/self/ns/net")

    def entered():
        if holder.poll() is not None:
            raise RuntimeError(holder.stderr.read().strip())
        return os.readlink("/proc/%d/ns/net" % holder.pid) != ours

    wait_until(entered, "a network namespace", timeout=10, step=0.01)
    return holder


def _no_namespaces():
    """Why there are no network namespaces here, or None."""
    for program in ("unshare", "nsenter", "ip"):
        if shutil.which(program, path=PATH) is None:
            return "%s: not installed; scripts/setup --with-cluster" % program
    network = _Namespaces()
    try:
        network.start()
    except RuntimeError as error:
        return "network namespaces are not permitted here (%s)" % error
    finally:
        network.stop()
    return None


# Processes ------------------------------------------------------------------------


def _as_daemon():
    """In a new child: ends when this program does, and adopts its orphans, so that
    all that a slurmd started can be found below it."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1)


def _status(pid):
    """Name, state and parent of a process; None when it is gone."""
    try:
        text = pathlib.Path("/proc/%d/stat" % pid).read_text()
    except OSError:
        return None
    name, _, rest = text.partition("(")[2].rpartition(")")
    state, parent = rest.split()[:2]
    return name, state, int(parent)


def _name(pid):
    status = _status(pid)
    return status[0] if status else None


def descendants(root):
    """Living processes below `root`, parents before their children."""
    children = {}
    for entry in pathlib.Path("/proc").iterdir():
        status = _status(int(entry.name)) if entry.name.isdigit() else None
        if status and status[1] not in "ZX":
            children.setdefault(status[2], []).append(int(entry.name))
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found[1:]


def _end(daemon):
    """Kills a daemon and all that it started."""
    # Stopped first, so that nothing new is started behind our back.
    os.kill(daemon.pid, signal.SIGSTOP)
    while below := descendants(daemon.pid):
        for pid in below:
            _signal(pid, signal.SIGKILL)
        time.sleep(0.01)
    daemon.kill()
    daemon.wait()


def _signal(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass
