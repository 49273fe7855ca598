// Installs the Debian package in a clean Debian root, uses it, upgrades it with its data, purges it, and looks
// into the arm64 package. Needs root, debootstrap and a Debian mirror. Usage: bun scripts/try-deb.ts
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VERSION } from "../src/kit/version.ts";

const dist = join(import.meta.dir, "../dist");
const INI = "/etc/iotctl/iotctl.ini";
const SUITE =
	/VERSION_CODENAME=(\w+)/.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? "stable";
const work = mkdtempSync(join(tmpdir(), "iotctl-deb-"));
const root = join(work, "root");
let checks = 0;

try {
	await main();
	console.log(`${checks} checks of the packages passed`);
} finally {
	Bun.spawnSync(["umount", join(root, "proc")]);
	rmSync(work, { recursive: true, force: true });
}

async function main(): Promise<void> {
	must(["debootstrap", "--variant=minbase", SUITE, root]);
	must(["mount", "-t", "proc", "proc", join(root, "proc")]);
	install(`iotctl_${VERSION}_amd64.deb`);
	check("version", inside("iotctl", "--version").startsWith(`IoTtalk ${VERSION}\n`));
	check("man page", existsSync(join(root, "usr/share/man/man1/iotctl.1.gz")));
	check(
		"unit",
		read("/lib/systemd/system/iotctl.service").includes("ExecStart=/usr/bin/iotctl -c "),
	);
	check("completion", read("/usr/share/bash-completion/completions/iotctl").includes("iotctl"));
	checkDocuments();
	check("ini keeps it on this machine", read(INI).includes("\n#bind = 127.0.0.1\n"));
	inside("iotctl", "-c", INI, "check");
	inside("iotctl", "-c", INI, "start", "--detach", "csm");
	const id = crypto.randomUUID();
	const registered = await fetch(`http://127.0.0.1:9992/${id}`, {
		method: "PUT",
		headers: { "Content-Type": "application/json" },
		body: JSON.stringify({ accept_protos: ["mqtt"], profile: { model: "deb" } }),
	});
	check("a device registers", registered.status === 200);
	inside("iotctl", "-c", INI, "stop");

	// Beside the package a person's own server is theirs, and the service's is not.
	inside("useradd", "--create-home", "ann");
	const person = ["chroot", "--userspec=ann:ann", root, "env", "HOME=/home/ann"];
	const ann = (...words: string[]) => must([...person, "iotctl", ...words]);
	const denied = Bun.spawnSync([...person, "iotctl", "user", "list"]);
	check(
		"the service's accounts are denied in one line",
		/^iotctl: .* belongs to root: try sudo iotctl -c \/etc\/iotctl\/iotctl.ini user list\n$/.test(
			denied.stderr.toString(),
		),
	);
	check("initdb is the person's", ann("initdb").includes("/home/ann/.iottalk/iottalk.db"));
	ann("start", "--detach", "csm");
	check("so is the server", ann("status").includes("/home/ann/.iottalk/iottalk.db"));
	ann("stop");

	// A person's settings and the data outlive an upgrade.
	writeFileSync(join(root, INI), read(INI).replace("#max-devices = 10000", "max-devices = 77"));
	install(newer(`iotctl_${VERSION}_amd64.deb`));
	check("upgrade keeps settings", read(INI).includes("\nmax-devices = 77\n"));
	check(
		"upgrade is there",
		inside("dpkg-query", "-W", "-f", "${Version}", "iotctl").endsWith("+newer"),
	);
	inside("iotctl", "-c", INI, "start", "--detach", "csm");
	const kept = await fetch(`http://127.0.0.1:9992/${id}`);
	check("upgrade keeps data", kept.status === 200);
	inside("iotctl", "-c", INI, "stop");

	inside("dpkg", "--remove", "iotctl");
	check(
		"removal keeps settings and data",
		existsSync(join(root, INI)) && existsSync(join(root, "var/lib/iotctl/iottalk.db")),
	);
	inside("dpkg", "--purge", "iotctl");
	for (const path of [
		"etc/iotctl",
		"var/lib/iotctl",
		"usr/bin/iotctl",
		"lib/systemd/system/iotctl.service",
	]) {
		check(`purge removes ${path}`, !existsSync(join(root, path)));
	}

	const arm = must(["dpkg-deb", "--contents", join(dist, `iotctl_${VERSION}_arm64.deb`)]);
	for (const path of [
		"./usr/bin/iotctl",
		"./etc/iotctl/iotctl.ini",
		"./lib/systemd/system/iotctl.service",
	]) {
		check(`arm64 has ${path}`, arm.includes(path));
	}
	check("arm64 belongs to root", !/^\S+ (?!root\/root)/m.test(arm));
	must(["dpkg-deb", "--raw-extract", join(dist, `iotctl_${VERSION}_arm64.deb`), join(work, "arm")]);
	const elf = readFileSync(join(work, "arm/usr/bin/iotctl")).subarray(0, 20);
	check("arm64 is for arm64", elf.readUInt16LE(18) === 183);
	check("sums are right", must(["sha256sum", "--check", "SHA256SUMS"], dist).includes("OK"));
}

/** Licenses, documents and examples are where a reader looks for them. */
function checkDocuments(): void {
	const doc = "/usr/share/doc/iotctl";
	const copyright = read(`${doc}/copyright`);
	check("copyright has the program's license", copyright.startsWith("MIT License\n"));
	check(
		"copyright has what is inside",
		copyright.includes("\nBun 1.") && copyright.includes("pyodide"),
	);
	for (const path of [
		"README.md",
		"docs/contract/csm.md",
		"examples/README.md",
		"examples/seed/device.py",
		"examples/browser/mqtt.min.js",
	]) {
		check(`document ${path}`, existsSync(join(root, doc, path)));
	}
	const archive = join(dist, `iotctl-${VERSION}-linux-x64.tar.gz`);
	const packed = must(["tar", "-tzf", archive]);
	for (const path of [
		"LICENSE",
		"THIRD_PARTY_NOTICES",
		"docs/protocol.md",
		"examples/seed/graph.sh",
	]) {
		check(`tar.gz has ${path}`, packed.includes(`/${path}\n`));
	}
}

function install(file: string): void {
	must(["cp", file.startsWith("/") ? file : join(dist, file), join(root, "package.deb")]);
	inside("dpkg", "--install", "/package.deb");
}

/** The same package under a higher version. */
function newer(file: string): string {
	const tree = join(work, "newer");
	must(["dpkg-deb", "--raw-extract", join(dist, file), tree]);
	const path = join(tree, "DEBIAN/control");
	writeFileSync(
		path,
		readFileSync(path, "utf8").replace(/^Version: .*$/m, `Version: ${VERSION}+newer`),
	);
	must(["dpkg-deb", "--root-owner-group", "-Znone", "--build", tree, join(work, "newer.deb")]);
	return join(work, "newer.deb");
}

function read(path: string): string {
	return readFileSync(join(root, path), "utf8");
}

function inside(...command: string[]): string {
	return must(["chroot", root, ...command]);
}

function must(command: string[], cwd = work): string {
	const { exitCode, stdout, stderr } = Bun.spawnSync(command, {
		cwd,
		env: {
			PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
			HOME: "/root",
			DEBIAN_FRONTEND: "noninteractive",
		},
	});
	if (exitCode === 0) return stdout.toString();
	throw new Error(
		`${command.join(" ")} ended with ${exitCode}: ${stdout.toString().slice(-2000)}${stderr.toString()}`,
	);
}

function check(what: string, holds: boolean): void {
	if (!holds) throw new Error(`not so: ${what}`);
	checks += 1;
	console.log(`ok: ${what}`);
}
