// Installs the Debian package in a clean Debian root, uses it, upgrades it with its data, purges it, and looks
// into the arm64 package. Needs root, debootstrap and a Debian mirror. Usage: bun scripts/try-deb.ts

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { VERSION } from "../src/kit/version.ts";
import { DebRoot, DIST, must, packageOf } from "./deb-root.ts";
import { readArguments } from "./program-arguments.ts";

readArguments(
	{
		usage: "bun scripts/try-deb.ts",
		about: "Installs, upgrades and purges the Debian package in a clean root.",
	},
	{},
);

const INI = "/etc/iotctl/iotctl.ini";
const SERVERS = "/etc/default/iotctl";
const HTTP = "http://127.0.0.1:9992";
const BUILT = packageOf("amd64");
const root = new DebRoot();
const service = (...words: string[]) => root.inside("iotctl", "-c", INI, ...words);
let checks = 0;

try {
	await main();
	console.log(`${checks} checks of the packages passed`);
} finally {
	root.dispose();
}

async function main(): Promise<void> {
	root.fill();
	root.install(BUILT);
	checkInstalled();
	checkDocuments();
	const id = await checkUse();
	checkPerson();
	await checkUpgrade(id);
	checkRemoval();
	upgradeFromCsmAlone();
	checkArm();
	check("sums are right", must(["sha256sum", "--check", "SHA256SUMS"], DIST).includes("OK"));
}

/** What is there before anything was started. */
function checkInstalled(): void {
	check("version", root.inside("iotctl", "--version").startsWith(`IoTtalk ${VERSION}\n`));
	check("man page", root.has("usr/share/man/man1/iotctl.1.gz"));
	check(
		"unit",
		root.read("/lib/systemd/system/iotctl.service").includes("ExecStart=/usr/bin/iotctl -c "),
	);
	const completion = root.read("/usr/share/bash-completion/completions/iotctl");
	check("completion", completion.includes("iotctl"));
	check("all servers are started", !root.has(SERVERS));
	check("ini keeps it on this machine", root.read(INI).includes("\n#bind = 127.0.0.1\n"));
}

/** Licenses, documents and examples are where a reader looks for them. */
function checkDocuments(): void {
	const doc = "/usr/share/doc/iotctl";
	const copyright = root.read(`${doc}/copyright`);
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
		check(`document ${path}`, root.has(join(doc, path)));
	}
	const packed = root.must("tar", "-tzf", join(DIST, `iotctl-${VERSION}-linux-x64.tar.gz`));
	for (const path of [
		"LICENSE",
		"THIRD_PARTY_NOTICES",
		"docs/protocol.md",
		"examples/seed/graph.sh",
	]) {
		check(`tar.gz has ${path}`, packed.includes(`/${path}\n`));
	}
}

/** Runs the package's server. @returns the id of a device that is registered there from now on. */
async function checkUse(): Promise<string> {
	service("check");
	service("start", "--detach");
	const id = crypto.randomUUID();
	const registered = await fetch(`${HTTP}/${id}`, {
		method: "PUT",
		headers: { "Content-Type": "application/json" },
		body: JSON.stringify({ accept_protos: ["mqtt"], profile: { model: "deb" } }),
	});
	check("a device registers", registered.status === 200);
	service("stop");
	return id;
}

/** Beside the package a person's own server is theirs, and the service's is not. */
function checkPerson(): void {
	root.inside("useradd", "--create-home", "ann");
	const person = ["chroot", "--userspec=ann:ann", root.folder, "env", "HOME=/home/ann"];
	const ann = (...words: string[]) => root.must(...person, "iotctl", ...words);
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
}

/** A person's settings and the data outlive an upgrade. @param id Of a device that is registered. */
async function checkUpgrade(id: string): Promise<void> {
	root.write(INI, root.read(INI).replace("#max-devices = 100000", "max-devices = 77"));
	root.install(root.newer(BUILT));
	check("upgrade keeps settings", root.read(INI).includes("\nmax-devices = 77\n"));
	check(
		"upgrade is there",
		root.inside("dpkg-query", "-W", "-f", "${Version}", "iotctl").endsWith("+newer"),
	);
	check("and still starts all servers", !root.has(SERVERS));
	service("start", "--detach");
	const kept = await fetch(`${HTTP}/${id}`);
	check("upgrade keeps data", kept.status === 200);
	service("stop");
}

function checkRemoval(): void {
	root.inside("dpkg", "--remove", "iotctl");
	check("removal keeps settings and data", root.has(INI) && root.has("var/lib/iotctl/iottalk.db"));
	root.inside("dpkg", "--purge", "iotctl");
	for (const path of [
		"etc/iotctl",
		"var/lib/iotctl",
		"usr/bin/iotctl",
		"lib/systemd/system/iotctl.service",
	]) {
		check(`purge removes ${path}`, !root.has(path));
	}
}

/** A service of the last release, which had CSM alone, goes on with CSM; one that is new starts all. */
function upgradeFromCsmAlone(): void {
	root.install(root.csmAlone(BUILT));
	check("the last release has no file of servers", !root.has(SERVERS));
	root.install(BUILT);
	check("upgraded, it goes on with CSM", root.read(SERVERS).endsWith("\nIOTCTL_SERVERS=csm\n"));
	root.write(SERVERS, "IOTCTL_SERVERS=\n");
	root.install(root.newer(BUILT));
	check("what an administrator writes there stays", root.read(SERVERS) === "IOTCTL_SERVERS=\n");
	check("nothing is left of the upgrade", !root.has("var/lib/iotctl-upgrade"));
	root.inside("dpkg", "--purge", "iotctl");
	check("purge removes it", !root.has(SERVERS));
}

/** Looks into the package of the other processor, which does not run here. */
function checkArm(): void {
	const arm = root.must("dpkg-deb", "--contents", packageOf("arm64"));
	for (const path of [
		"./usr/bin/iotctl",
		"./etc/iotctl/iotctl.ini",
		"./lib/systemd/system/iotctl.service",
	]) {
		check(`arm64 has ${path}`, arm.includes(path));
	}
	check("arm64 belongs to root", !/^\S+ (?!root\/root)/m.test(arm));
	const tree = root.unpack(packageOf("arm64"), "arm");
	const elf = readFileSync(join(tree, "usr/bin/iotctl")).subarray(0, 20);
	check("arm64 is for arm64", elf.readUInt16LE(18) === 183);
}

function check(what: string, holds: boolean): void {
	if (!holds) throw new Error(`not so: ${what}`);
	checks += 1;
	console.log(`ok: ${what}`);
}
