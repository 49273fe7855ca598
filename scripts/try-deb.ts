// Installs the Debian package in a clean Debian root, uses it, upgrades it with its data, purges it, and looks
// into the arm64 package. Needs root, debootstrap and a Debian mirror. Usage: bun scripts/try-deb.ts

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VERSION } from "../src/kit/version.ts";
import { readArguments } from "./program-arguments.ts";

readArguments(
	{
		usage: "bun scripts/try-deb.ts",
		about: "Installs, upgrades and purges the Debian package in a clean root.",
	},
	{},
);

const dist = join(import.meta.dir, "../dist");
const INI = "/etc/iotctl/iotctl.ini";
const SERVERS = "/etc/default/iotctl";
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
	check("all servers are started", !existsSync(join(root, SERVERS)));
	checkDocuments();
	check("ini keeps it on this machine", read(INI).includes("\n#bind = 127.0.0.1\n"));
	inside("iotctl", "-c", INI, "check");
	inside("iotctl", "-c", INI, "start", "--detach");
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
	ann("start", "--detach");
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
	check("and still starts all servers", !existsSync(join(root, SERVERS)));
	inside("iotctl", "-c", INI, "start", "--detach");
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

	upgradeFromCsmAlone();

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
/** A service of the last release, which had CSM alone, goes on with CSM; one that is new starts all. */
function upgradeFromCsmAlone(): void {
	const current = `iotctl_${VERSION}_amd64.deb`;
	install(csmAlone(current));
	check("the last release has no file of servers", !existsSync(join(root, SERVERS)));
	install(current);
	check("upgraded, it goes on with CSM", read(SERVERS).endsWith("\nIOTCTL_SERVERS=csm\n"));
	writeFileSync(join(root, SERVERS), "IOTCTL_SERVERS=\n");
	install(newer(current));
	check("what an administrator writes there stays", read(SERVERS) === "IOTCTL_SERVERS=\n");
	check("nothing is left of the upgrade", !existsSync(join(root, "var/lib/iotctl-upgrade")));
	inside("dpkg", "--purge", "iotctl");
	check("purge removes it", !existsSync(join(root, SERVERS)));
}

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
		"bench/RESULTS.md",
		"test/contract/README.md",
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
	return changed(file, "+newer", () => {});
}

/** The package as the last release had it: a unit that names csm, and no script before the unpacking. */
function csmAlone(file: string): string {
	return changed(file, "~csm", (tree) => {
		edit(join(tree, "lib/systemd/system/iotctl.service"), (unit) =>
			unit
				.replaceAll(/^(# csm, ccm, .*|Environment.*)\n/gm, "")
				.replace(" start $IOTCTL_SERVERS", " start csm"),
		);
		rmSync(join(tree, "DEBIAN/preinst"));
		edit(join(tree, "DEBIAN/postinst"), (script) => script.replace(/^# See preinst.*?^fi\n/ms, ""));
	});
}

/** A package that differs in some files, under a version of its own. */
function changed(file: string, version: string, change: (tree: string) => void): string {
	const tree = join(work, `tree${version}`);
	rmSync(tree, { recursive: true, force: true });
	must(["dpkg-deb", "--raw-extract", join(dist, file), tree]);
	edit(join(tree, "DEBIAN/control"), (control) =>
		control.replace(/^Version: .*$/m, `Version: ${VERSION}${version}`),
	);
	change(tree);
	const made = join(work, `iotctl${version}.deb`);
	must(["dpkg-deb", "--root-owner-group", "-Znone", "--build", tree, made]);
	return made;
}

function edit(path: string, change: (text: string) => string): void {
	writeFileSync(path, change(readFileSync(path, "utf8")));
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
