import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { Subprocess } from "bun";
import { hasProgram, needs } from "../../support/programs.ts";

/** Each would do something outside of the process, or find something out there; x64 numbers. */
const ATTEMPTS: [string, number, ...(number | string)[]][] = [
	["kill", 62, "victim", 9],
	["tkill", 200, "victim", 9],
	["tgkill", 234, "victim", "victim", 9],
	["rt_sigqueueinfo", 129, "victim", 9, "siginfo"],
	["rt_tgsigqueueinfo", 297, "victim", "victim", 9, "siginfo"],
	["pidfd_open", 434, "victim", 0],
	["kill of everything", 62, -1, 0],
	["setpriority", 141, 0, "victim", 19],
	["getpriority", 140, 0, "victim"],
	["prlimit64 of another", 302, "victim", 4, "zeros", 0],
	["prlimit64 of its memory", 302, 0, 9, "zeros", 0],
	["setrlimit", 160, 4, "zeros"],
	["sched_setaffinity", 203, "victim", 8, "\u0001"],
	["sched_setscheduler", 144, "victim", 5, "zeros"],
	["ioprio_set", 251, 1, "victim", 0x6007],
	["move_pages", 279, "victim", 0, 0, 0, 0],
	["process_vm_readv", 310, "victim", 0, 0, 0, 0],
	["ptrace", 101, 16, "victim", 0, 0],
	["kcmp", 312, "victim", "victim", 0, 0, 0],
	["open", 2, "/etc/hostname", 0],
	["openat", 257, -100, "/etc/hostname", 0],
	["openat2", 437, -100, "/etc/hostname", "zeros", 24],
	["open_tree", 428, -100, "/", 0],
	["stat", 4, "/etc/hostname", "room"],
	["newfstatat", 262, -100, "/etc/hostname", "room", 0],
	["statx", 332, -100, "/etc/hostname", 0, 0xfff, "room"],
	["access", 21, "/etc/hostname", 0],
	["readlink", 89, "/proc/self/exe", "room", 200],
	["getcwd", 79, "room", 200],
	["name_to_handle_at", 303, -100, "/etc", "room", "room", 0],
	["inotify_init1", 294, 0],
	["fanotify_init", 300, 0, 0],
	["memfd_create", 319, "x", 0],
	["chdir", 80, "/tmp"],
	["mknod", 133, "/tmp/iotctl-escaped", 0o644, 0],
	["symlink", 88, "/etc/passwd", "/tmp/iotctl-escaped"],
	["truncate", 76, "/nonexistent", 0],
	["utimensat", 280, -100, "/nonexistent", 0, 0],
	["socket", 41, 2, 1, 0],
	["socketpair", 53, 1, 1, 0, "room"],
	["sendto", 44, 3, "x", 1, 0, 0],
	["fork", 57],
	["vfork", 58],
	["clone of a process", 56, 17, 0, 0, 0, 0],
	["execve", 59, "/bin/true", 0, 0],
	["unshare", 272, 0x10000000],
	["setns", 308, 0, 0],
	["mount", 165, "x", "/nonexistent", "tmpfs", 0, 0],
	["pivot_root", 155, "/", "/"],
	["setsid", 112],
	["setpgid", 109, 0, 0],
	["getpgid", 121, "victim"],
	["getsid", 124, "victim"],
	["prctl that undoes dying with the server", 157, 1, 0, 0, 0, 0],
	["prctl that lets others look in", 157, 4, 1, 0, 0, 0],
	["seccomp", 317, 2, 0, "room"],
	["fcntl that names an owner", 72, 1, 8, "victim"],
	["dup", 32, 1],
	["ioctl", 16, 0, 0x5413, "room"],
	["timer_create", 222, 0, 0, "room"],
	["shmget", 29, 0, 4096, 0o600],
	["msgget", 68, 0, 0o600],
	["semget", 64, 0, 1, 0o600],
	["mq_open", 240, "x", 0x40, 0o600, 0],
	["add_key", 248, "user", "x", "x", 1, -2],
	["bpf", 321, 0, "zeros", 120],
	["perf_event_open", 298, "zeros", 0, -1, -1, 0],
	["userfaultfd", 323, 1],
	["io_uring_setup", 425, 1, "zeros"],
	["landlock_create_ruleset", 444, 0, 0, 1],
	["sethostname", 170, "x", 1],
	["umask", 95, 0],
	["personality", 135, 0xffffffff],
	["syslog", 103, 10, 0, 0],
	["x32 getpid", 0x40000027],
];

describe.if(needs(process.arch === "x64", "the machine is not x64") && hasProgram("sleep"))(
	"an engine that got past everything else",
	() => {
		let victim: Subprocess;
		beforeAll(() => {
			victim = Bun.spawn(["sleep", "600"]);
		});
		afterAll(async () => {
			victim.kill();
			await victim.exited;
		});

		const attempt = (attempts: typeof ATTEMPTS) => {
			const script = join(import.meta.dir, "sandboxed.ts");
			const { stdout, stderr, exitCode } = Bun.spawnSync(
				[process.execPath, script, JSON.stringify(attempts), String(victim.pid)],
				{ stdio: ["ignore", "pipe", "pipe"] },
			);
			expect([exitCode, stderr.toString()]).toEqual([0, ""]);
			return JSON.parse(stdout.toString()) as Record<string, string>;
		};

		test("is refused every call out of itself, and goes on", () => {
			const { sandbox, ...said } = attempt(ATTEMPTS);
			expect(sandbox).toBe('{"isFiltered":true}');
			expect(said).toEqual(Object.fromEntries(ATTEMPTS.map(([name]) => [name, "EPERM"])));
			expect(victim.killed || victim.exitCode !== null).toBe(false);
		});

		test("keeps what harms no other process", () => {
			expect(
				attempt([
					["getpid", 39],
					["gettid", 186],
					["tgkill of itself, no signal", 234, "self", "self", 0],
					["getrandom", 318, "room", 8, 0],
					["sched_yield", 24],
					["its own processor time", 302, 0, 0, 0, "room"],
					["clone3, which the C library can do without", 435, 0, 0],
				]),
			).toMatchObject({
				getpid: "done",
				gettid: "done",
				"tgkill of itself, no signal": "done",
				getrandom: "done",
				sched_yield: "done",
				"its own processor time": "done",
				"clone3, which the C library can do without": "ENOSYS",
			});
		});
	},
);
