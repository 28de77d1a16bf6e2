/** How one thing is that work depends on. A warning hinders some work; a failure, all of it or what was asked about. */
export type HealthCheck = {
  readonly name: string;
  readonly state: "ok" | "warn" | "fail";
  /** What was found, as a phrase. */
  readonly found: string;
  /** What to do about it, as a sentence; null where nothing need be done. */
  readonly hint: string | null;
};
