// Where everything of one app is.

export class Address {
  readonly workspace: string;
  readonly app: string;
  /** The path of the running app. */
  readonly running: string;
  /** The page with everything about the app. */
  readonly page: string;
  /** Styles that scripts put into the page carry this. */
  readonly nonce: string;

  constructor(bench: HTMLElement) {
    const { workspace = "", app = "", address = "", page = "", nonce = "" } = bench.dataset;
    this.workspace = workspace;
    this.app = app;
    this.running = address;
    this.page = page;
    this.nonce = nonce;
  }

  /** Of the API, below the workspace. */
  inWorkspace(path: string): string {
    return `/api/v1/workspaces/${this.workspace}/${path}`;
  }

  /** Of the API, below the app. */
  inApp(path: string): string {
    return this.inWorkspace(`apps/${this.app}/${path}`);
  }
}
