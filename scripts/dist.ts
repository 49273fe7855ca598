// Makes what people download: per architecture a tar.gz and a .deb, and the SHA-256 sums of all.
import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { serviceIni } from "../src/cli/service.ts";
import { unitText } from "../src/daemon/unit.ts";
import { VERSION } from "../src/kit/version.ts";
import { memoryOf } from "../src/servers/engine-options.ts";
import { SERVER_MODULES } from "../src/servers/server-modules.ts";
import { manPage } from "./man-page.ts";
import { copyTexts } from "./packed-texts.ts";
import { readArguments } from "./program-arguments.ts";

readArguments(
	{
		usage: "bun scripts/dist.ts",
		about: "Makes the archives, packages and sums that people download.",
	},
	{},
);

const root = join(import.meta.dir, "..");
const dist = join(root, "dist");
const ARCHITECTURES = { "linux-x64": "amd64", "linux-arm64": "arm64" } as const;
const SHELLS = {
	bash: "usr/share/bash-completion/completions/iotctl",
	zsh: "usr/share/zsh/vendor-completions/_iotctl",
	fish: "usr/share/fish/vendor_completions.d/iotctl.fish",
};

const DOC = "usr/share/doc/iotctl";

const LARGE_MACHINE = { processors: 64, memoryBytes: undefined };

interface PackageFile {
	readonly text: string;
	readonly mode?: number;
}

const program = join(dist, "iotctl");
const completions = Object.fromEntries(
	Object.entries(SHELLS).map(([shell, path]) => [
		path,
		{ text: run([program, "completion", shell]) },
	]),
);
const man = gzipSync(manPage(), { level: 9 });
const packages = Object.entries(ARCHITECTURES).flatMap(([target, architecture]) => [
	() => tarball(target),
	() => debian(target, architecture),
]);
const made: string[] = [];
for (const [index, pack] of packages.entries()) {
	console.log(`Packing ${index + 1} of ${packages.length}; each takes about half a minute`);
	made.push(pack());
}
const sums = made.map((file) => {
	const sum = createHash("sha256")
		.update(readFileSync(join(dist, file)))
		.digest("hex");
	return `${sum}  ${file}\n`;
});
writeFileSync(join(dist, "SHA256SUMS"), sums.join(""));
console.log(`Made in dist: ${[...made, "SHA256SUMS"].join(", ")}`);

/** The executable with what belongs beside it, for any Linux. */
function tarball(target: string): string {
	const name = `iotctl-${VERSION}-${target}`;
	const tree = emptyFolder(join(dist, name));
	copyFileSync(join(dist, `iotctl-${target}`), join(tree, "iotctl"));
	chmodSync(join(tree, "iotctl"), 0o755);
	for (const file of ["sample.ini", "THIRD_PARTY_NOTICES"])
		copyFileSync(join(root, file), join(tree, file));
	copyTexts(root, tree);
	writeFileSync(join(tree, "iotctl.1"), manPage());
	for (const [path, { text }] of Object.entries(completions)) {
		mkdirSync(join(tree, "completions"), { recursive: true });
		writeFileSync(join(tree, "completions", basename(path)), text);
	}
	run(["tar", "--owner=0", "--group=0", "--sort=name", "-czf", `${name}.tar.gz`, name], dist);
	rmSync(tree, { recursive: true });
	return `${name}.tar.gz`;
}

/**
 * A Debian package: program, unit, ini as conffile, man page, completions, documents, examples; starts the service
 * where systemd runs.
 */
function debian(target: string, architecture: string): string {
	const name = `iotctl_${VERSION}_${architecture}.deb`;
	const tree = emptyFolder(join(dist, `deb-${architecture}`));
	const put = (path: string, { text, mode = 0o644 }: PackageFile) => {
		mkdirSync(dirname(join(tree, path)), { recursive: true, mode: 0o755 });
		writeFileSync(join(tree, path), text);
		chmodSync(join(tree, path), mode);
	};
	mkdirSync(join(tree, "usr/bin"), { recursive: true });
	copyFileSync(join(dist, `iotctl-${target}`), join(tree, "usr/bin/iotctl"));
	chmodSync(join(tree, "usr/bin/iotctl"), 0o755);
	put("etc/iotctl/iotctl.ini", { text: serviceIni(SERVER_MODULES.ini) });
	const unit = {
		program: "/usr/bin/iotctl",
		ini: "/etc/iotctl/iotctl.ini",
		stateDirectory: "iotctl",
		// For as many engines as there are by themselves on a large machine; a small one has no more memory than it has.
		memoryBytes: memoryOf(SERVER_MODULES.ini.parse("", ""), SERVER_MODULES.names, LARGE_MACHINE),
	};
	put("lib/systemd/system/iotctl.service", { text: unitText(unit) });
	put(`${DOC}/copyright`, { text: run([program, "licenses"]) });
	copyTexts(root, join(tree, DOC));
	for (const [path, file] of Object.entries(completions)) put(path, file);
	mkdirSync(join(tree, "usr/share/man/man1"), { recursive: true });
	writeFileSync(join(tree, "usr/share/man/man1/iotctl.1.gz"), man);
	const kib = Number(run(["du", "-sk", "--apparent-size", tree]).split("\t")[0]);
	put("DEBIAN/control", { text: control(architecture, kib) });
	put("DEBIAN/conffiles", { text: "/etc/iotctl/iotctl.ini\n" });
	for (const script of ["preinst", "postinst", "prerm", "postrm"]) {
		put(`DEBIAN/${script}`, {
			text: readFileSync(join(import.meta.dir, "debian", script), "utf8"),
			mode: 0o755,
		});
	}
	run(["chmod", "-R", "u=rwX,go=rX", tree]);
	run(["dpkg-deb", "--root-owner-group", "-Zxz", "-z6", "--build", tree, join(dist, name)]);
	rmSync(tree, { recursive: true });
	return name;
}

function control(architecture: string, kib: number): string {
	return `Package: iotctl
Version: ${VERSION}
Architecture: ${architecture}
Maintainer: IoTtalk <iottalk@example.invalid>
Installed-Size: ${kib}
Depends: libc6 (>= 2.31)
Recommends: systemd
Suggests: mosquitto-clients
Section: net
Priority: optional
Description: IoTtalk gateway in one file
 Devices register over HTTP, talk MQTT, and their data flows through graphs of
 Python functions. Registry, MQTT broker, WebSocket listener, Python and
 database are inside one program.
`;
}

function emptyFolder(path: string): string {
	rmSync(path, { recursive: true, force: true });
	mkdirSync(path, { recursive: true });
	return path;
}

function run(command: string[], cwd = root): string {
	const { exitCode, stdout, stderr } = Bun.spawnSync(command, { cwd });
	if (exitCode === 0) return stdout.toString();
	console.error(`${command.join(" ")}: ${stderr.toString()}`);
	process.exit(1);
}
