// A clean Debian root to install packages in, and packages that differ from the built one. Needs root, debootstrap and a
// Debian mirror.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VERSION } from "../src/kit/version.ts";

/** Where packages are built. */
export const DIST = join(import.meta.dir, "../dist");

/** The built package of an architecture, `amd64` or `arm64`. */
export function packageOf(architecture: string): string {
	return join(DIST, `iotctl_${VERSION}_${architecture}.deb`);
}

/** @param cwd Where it runs. @returns what it prints. @throws Error when it fails, with its output. */
export function must(command: readonly string[], cwd: string): string {
	const { exitCode, stdout, stderr } = Bun.spawnSync([...command], {
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

export class DebRoot {
	readonly #work = mkdtempSync(join(tmpdir(), "iotctl-deb-"));
	readonly folder = join(this.#work, "root");

	/** The smallest system of this machine's Debian. */
	fill(): void {
		const release = readFileSync("/etc/os-release", "utf8");
		const suite = /VERSION_CODENAME=(\w+)/.exec(release)?.[1] ?? "stable";
		this.must("debootstrap", "--variant=minbase", suite, this.folder);
		this.must("mount", "-t", "proc", "proc", join(this.folder, "proc"));
	}

	dispose(): void {
		Bun.spawnSync(["umount", join(this.folder, "proc")]);
		rmSync(this.#work, { recursive: true, force: true });
	}

	/** @param file Of the package, on this machine. */
	install(file: string): void {
		this.must("cp", file, join(this.folder, "package.deb"));
		this.inside("dpkg", "--install", "/package.deb");
	}

	/** Runs a command in the root. @returns what it prints. @throws Error when it fails, with its output. */
	inside(...command: string[]): string {
		return this.must("chroot", this.folder, ...command);
	}

	/** Runs a command beside the root, as {@link inside} does. */
	must(...command: string[]): string {
		return must(command, this.#work);
	}

	/** @param path In the root. */
	has(path: string): boolean {
		return existsSync(join(this.folder, path));
	}

	/** @param path In the root. */
	read(path: string): string {
		return readFileSync(join(this.folder, path), "utf8");
	}

	/** @param path In the root. */
	write(path: string, text: string): void {
		writeFileSync(join(this.folder, path), text);
	}

	/** The same package under a higher version. */
	newer(file: string): string {
		return this.#changed(file, "+newer", () => {});
	}

	/** The package as the last release had it: a unit that names csm, and no script before the unpacking. */
	csmAlone(file: string): string {
		return this.#changed(file, "~csm", (tree) => {
			edit(join(tree, "lib/systemd/system/iotctl.service"), (unit) =>
				unit
					.replaceAll(/^(# csm, ccm, .*|Environment.*)\n/gm, "")
					.replace(" start $IOTCTL_SERVERS", " start csm"),
			);
			rmSync(join(tree, "DEBIAN/preinst"));
			edit(join(tree, "DEBIAN/postinst"), (script) =>
				script.replace(/^# See preinst.*?^fi\n/ms, ""),
			);
		});
	}

	/** Unpacks a package beside the root, with its scripts in `DEBIAN`. @returns the folder. */
	unpack(file: string, name: string): string {
		const tree = join(this.#work, name);
		rmSync(tree, { recursive: true, force: true });
		this.must("dpkg-deb", "--raw-extract", file, tree);
		return tree;
	}

	/** A package that differs in some files, under a version of its own. */
	#changed(file: string, version: string, change: (tree: string) => void): string {
		const tree = this.unpack(file, `tree${version}`);
		edit(join(tree, "DEBIAN/control"), (control) =>
			control.replace(/^Version: .*$/m, `Version: ${VERSION}${version}`),
		);
		change(tree);
		const made = join(this.#work, `iotctl${version}.deb`);
		this.must("dpkg-deb", "--root-owner-group", "-Znone", "--build", tree, made);
		return made;
	}
}

function edit(path: string, change: (text: string) => string): void {
	writeFileSync(path, change(readFileSync(path, "utf8")));
}
