import { useLayoutEffect, useRef } from "preact/hooks";
import { Button, IconButton } from "./kit/button.tsx";
import { Icon, type IconName } from "./kit/icons.tsx";
import type { Notice, NoticeList } from "./notices.ts";
import { texts } from "./texts/texts.ts";

const ICONS: Readonly<Record<Notice["kind"], IconName>> = {
	info: "info",
	good: "check",
	bad: "warning",
};

/** Over everything, dialogs included; both halves are there from the start, so that what comes into them is read aloud. */
export function NoticeArea({ notices }: { readonly notices: NoticeList }) {
	const area = useRef<HTMLElement>(null);
	const shown = notices.shown.value;
	useLayoutEffect(() => {
		area.current?.hidePopover();
		if (shown.length > 0) area.current?.showPopover();
	}, [shown]);
	const rows = (isBad: boolean) =>
		shown
			.filter(({ kind }) => (kind === "bad") === isBad)
			.map((notice) => (
				<Row key={notice.id} notice={notice} close={() => notices.close(notice.id)} />
			));
	return (
		<section
			ref={area}
			class="shell-notices"
			popover="manual"
			aria-label={texts.value.shell.notices}
		>
			<div role="alert">{rows(true)}</div>
			<div role="status">{rows(false)}</div>
		</section>
	);
}

function Row({ notice, close }: { readonly notice: Notice; readonly close: () => void }) {
	const { text, kind, action } = notice;
	const act = () => {
		close();
		action?.run();
	};
	return (
		<div class={`shell-notice shell-notice-${kind}`}>
			<Icon name={ICONS[kind]} />
			<p>{text}</p>
			{action !== undefined && (
				<Button kind="quiet" onClick={act}>
					{action.text}
				</Button>
			)}
			<IconButton icon="close" label={texts.value.shell.close} onClick={close} />
		</div>
	);
}
