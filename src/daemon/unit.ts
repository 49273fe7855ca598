/** What the unit is made for. */
export interface UnitOptions {
	/** Absolute path of the executable. */
	readonly program: string;
	/** Absolute path of the ini. */
	readonly ini: string;
	/** Name under /var/lib, which is `userdir` in the ini. */
	readonly stateDirectory: string;
	/** What all of it may take, bytes. */
	readonly memoryBytes: number;
}

/** Where the administrator says which servers the unit starts: `IOTCTL_SERVERS=csm`. */
export const SERVERS_FILE = "/etc/default/iotctl";
const MEBIBYTE = 1 << 20;
/** From there on the system makes the service give memory back. */
const HIGH_SHARE = 0.75;
const UNITS: Readonly<Record<string, number>> = {
	"": 1,
	K: 2 ** 10,
	M: 2 ** 20,
	G: 2 ** 30,
	T: 2 ** 40,
};

/**
 * What a unit lets its service take, in bytes: the last `MemoryMax` of its texts; undefined when that is not a number.
 * @param texts The unit, and what is changed of it (`systemctl edit`), in the order of systemd.
 */
export function memoryMaxOf(texts: readonly string[]): number | undefined {
	const found = [...texts.join("\n").matchAll(/^MemoryMax=\s*(\d+)?([KMGT]?)(.*)$/gm)].at(-1);
	const [, digits, unit = "", rest = ""] = found ?? [];
	if (digits === undefined || rest.trim() !== "") return undefined;
	return Number(digits) * (UNITS[unit] ?? 1);
}

/** What stands there for a service that was installed before there were others: it goes on as it was. */
export const CSM_ONLY = `# Servers the service starts, as "iotctl start" takes them; empty for all.
IOTCTL_SERVERS=csm
`;

/**
 * The systemd unit of the server. Its user exists only while it runs (DynamicUser), and it sees of the
 * machine what it needs: its state, its ini, the network. What the function engine does to itself
 * (limits, a system-call filter, no new privileges) works inside: both only take away.
 */
export function unitText({ program, ini, stateDirectory, memoryBytes }: UnitOptions): string {
	return `# Created by "iotctl service install". Change it with: systemctl edit iotctl
[Unit]
Description=IoTtalk gateway
Documentation=man:iotctl(1)
Wants=network-online.target
After=network-online.target

[Service]
Type=notify
# Servers, as "iotctl start" takes them; empty for all.
Environment=IOTCTL_SERVERS=
EnvironmentFile=-${SERVERS_FILE}
ExecStart=${word(program)} -c ${word(ini)} start $IOTCTL_SERVERS
ExecReload=/bin/kill -HUP $MAINPID
# The function engine ends with the server, which finishes queued work first.
KillMode=mixed
TimeoutStartSec=60
TimeoutStopSec=20
WatchdogSec=30
Restart=on-failure
RestartSec=2

DynamicUser=yes
StateDirectory=${stateDirectory}
StateDirectoryMode=0700
UMask=0077

# For the server, its function engines and the workbench with their limits: 512 MiB and 256 MiB or more for each.
MemoryHigh=${Math.floor((memoryBytes * HIGH_SHARE) / MEBIBYTE)}M
MemoryMax=${Math.floor(memoryBytes / MEBIBYTE)}M
TasksMax=256
LimitNOFILE=65536
LimitCORE=0
OOMPolicy=continue

NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectHostname=yes
ProtectControlGroups=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProcSubset=pid
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RemoveIPC=yes
LockPersonality=yes
CapabilityBoundingSet=
AmbientCapabilities=
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
# The engine sets its own limits and filter.
SystemCallFilter=prlimit64 setrlimit sched_setaffinity sched_setscheduler sched_setparam setpriority mbind set_mempolicy seccomp prctl
SystemCallErrorNumber=EPERM
# MemoryDenyWriteExecute cannot be used: JavaScript and WebAssembly are compiled while they run.

[Install]
WantedBy=multi-user.target
`;
}

/** A path as one word of a command line in a unit (`systemd.syntax(7)`, "Quoting"; `systemd.service(5)`). */
function word(path: string): string {
	if (/^[\w./@:+-]+$/.test(path)) return path;
	const plain = path.replace(/[\\"]/g, "\\$&").replaceAll("%", "%%").replaceAll("$", "$$$$");
	return `"${plain}"`;
}
