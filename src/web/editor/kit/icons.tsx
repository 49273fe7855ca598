/** Paths in a square of 24, drawn with a line of 2. */
const PATHS = {
	add: "M12 5v14M5 12h14",
	back: "M19 12H5m6-7-7 7 7 7",
	bell: "M6 17V11a6 6 0 0 1 12 0v6l2 2H4zm4 4h4",
	chart: "M4 4v16h16M8 15l3-4 3 2 5-6",
	check: "m5 13 4 4L19 7",
	clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18m0 4v5l3 3",
	close: "M6 6l12 12M18 6 6 18",
	collapse: "m6 15 6-6 6 6",
	copy: "M9 9h11v11H9zM5 15H4V4h11v1",
	device: "M7 3h10v18H7zm4 15h2",
	down: "M12 5v14m-6-6 6 6 6-6",
	download: "M12 4v11m-5-5 5 5 5-5M4 20h16",
	edit: "M4 20h4L19 9l-4-4L4 16z",
	expand: "m6 9 6 6 6-6",
	external: "M14 4h6v6m0-6L11 13M9 5H5v14h14v-4",
	eye: "M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12m10-3a3 3 0 1 0 0 6 3 3 0 0 0 0-6",
	filter: "M4 5h16l-6 8v6l-4-2v-4z",
	function: "M17 5c-3-1-5 0-5.5 4L10 17c-.5 3-2 4-4 3M8 10h7",
	help: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M9.5 9.5a2.5 2.5 0 1 1 3.5 2.300c-.7.4-1 .9-1 1.700m0 3v.1",
	info: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18m0 8v6m0-10v.1",
	language: "M3 6h11M8 4v2c0 4-2 7-5 8m2-6c1 3 4 5 7 6m0 6 4-10 4 10m-7-3h6",
	link: "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1m2 4a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
	lock: "M6 11h12v9H6zm2 0V8a4 4 0 0 1 8 0v3",
	log: "M8 6h12M8 12h12M8 18h12M4 6v.1M4 12v.1M4 18v.1",
	logout: "M10 4H5v16h5m4-4 4-4-4-4m4 4H9",
	menu: "M4 6h16M4 12h16M4 18h16",
	minus: "M5 12h14",
	model: "M12 3l8 4.5v9L12 21l-8-4.5v-9zm0 9 8-4.5M12 12v9m0-9L4 7.5",
	moon: "M20 14a8 8 0 1 1-10-10 7 7 0 0 0 10 10",
	more: "M12 4.4a.6.6 0 1 0 .01 0m-.01 7a.6.6 0 1 0 .01 0m-.01 7a.6.6 0 1 0 .01 0",
	next: "m9 6 6 6-6 6",
	pause: "M8 5v14m8-14v14",
	people:
		"M9 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8M2 20c0-4 3-6 7-6s7 2 7 6m0-15a4 4 0 0 1 0 7m3 8c0-3-.5-4-2-5",
	pin: "M9 3h6l-1 7 4 4H6l4-4zm3 11v7",
	play: "M8 5v14l11-7z",
	previous: "m15 6-6 6 6 6",
	project: "M4 5h5v5H4zm11 9h5v5h-5zM9 7.5h4a3 3 0 0 1 3 3V14",
	redo: "M20 8H9a5 5 0 0 0 0 10h4m7-10-4-4m4 4-4 4",
	refresh: "M20 11a8 8 0 1 0-2 6m2-11v5h-5",
	save: "M5 4h11l4 4v12H5zm3 0v5h7V4M8 20v-6h8v6",
	search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14m5 12 5 5",
	settings: "M4 7h10m4 0h2M4 17h2m4 0h10M16 5v4M8 15v4",
	share:
		"M18 4a2 2 0 1 0 0 4 2 2 0 0 0 0-4M6 10a2 2 0 1 0 0 4 2 2 0 0 0 0-4m12 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4M8 11l8-4M8 13l8 4",
	stop: "M6 6h12v12H6z",
	sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8m0-6v2m0 16v2M2 12h2m16 0h2M5 5l1.5 1.5m11 11L19 19M5 19l1.5-1.5m11-11L19 5",
	system: "M3 5h18v11H3zm6 15h6m-3-4v4",
	trash: "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13",
	undo: "M4 8h11a5 5 0 0 1 0 10h-4M4 8l4-4M4 8l4 4",
	unlink: "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6M4 4l16 16",
	up: "M12 19V5m-6 6 6-6 6 6",
	upload: "M12 15V4M7 9l5-5 5 5M4 20h16",
	user: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8M4 21c0-4 3-6 8-6s8 2 8 6",
	warning: "M12 4 2 20h20zm0 6v4m0 3v.1",
} as const;

export type IconName = keyof typeof PATHS;

/** A picture beside a text or in a button with a label; it says nothing by itself. */
export function Icon({ name }: { readonly name: IconName }) {
	return (
		<svg class="kit-icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
			<path d={PATHS[name]} />
		</svg>
	);
}
