import { Component, type ComponentChildren } from "preact";
import type { Place } from "../routes.ts";
import { texts } from "../texts/texts.ts";
import { Button, LinkButton } from "./button.tsx";
import { EmptyState } from "./states.tsx";

interface BoundaryProps {
	/** Another one is drawn, whatever failed before. */
	readonly place: Place;
	readonly children: ComponentChildren;
}

interface BoundaryState {
	readonly reason?: string | undefined;
}

/** Says so where a screen cannot be drawn, and lets the reader go on elsewhere. */
export class Boundary extends Component<BoundaryProps, BoundaryState> {
	override state: BoundaryState = {};

	static override getDerivedStateFromError(error: unknown): BoundaryState {
		return { reason: String(error) };
	}

	override componentDidUpdate({ place }: BoundaryProps): void {
		if (place !== this.props.place && this.state.reason !== undefined) {
			this.setState({ reason: undefined });
		}
	}

	override render() {
		const { reason } = this.state;
		if (reason === undefined) return this.props.children;
		const { screenFailed, reload, toProjects } = texts.value.shell;
		return (
			<div role="alert">
				<EmptyState
					isScreen={true}
					icon="warning"
					title={screenFailed}
					hint={reason}
					action={
						<>
							<Button icon="refresh" onClick={() => location.reload()}>
								{reload}
							</Button>
							<LinkButton href="#/">{toProjects}</LinkButton>
						</>
					}
				/>
			</div>
		);
	}
}
