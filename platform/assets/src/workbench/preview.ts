// The running app in its frame. The frame has an origin of its own, so nothing of it can be read from here, and it reads nothing
// of this page.

/** How long to wait for a page before saying that it runs. */
const PATIENCE_MS = 10_000;

type Width = "desktop" | "phone";

export class Preview {
  private frame: HTMLIFrameElement | undefined;
  private readonly stage: HTMLElement | null;

  constructor(private readonly address: string) {
    this.frame = document.querySelector<HTMLIFrameElement>("#wb-frame") ?? undefined;
    this.stage = document.getElementById("wb-stage");
    this.offerWidths();
  }

  /** Loads the app anew, and waits until its page is there. */
  async show(address = this.address): Promise<void> {
    const old = this.frame;
    if (!old) return;
    // A new frame and not a new address in the old one: the browser's Back button keeps leading out of this page.
    const next = old.cloneNode() as HTMLIFrameElement;
    next.src = address;
    const loaded = new Promise<void>((resolve) => {
      const patience = window.setTimeout(resolve, PATIENCE_MS);
      next.addEventListener(
        "load",
        () => {
          window.clearTimeout(patience);
          resolve();
        },
        { once: true },
      );
    });
    old.replaceWith(next);
    this.frame = next;
    await loaded;
  }

  /** Says over the frame what it shows, when that is not the app as it is; without words it is the app again. */
  note(words: string, back?: () => void): void {
    document.getElementById("wb-note")?.remove();
    if (!words || !this.stage) return;
    const note = document.createElement("div");
    note.id = "wb-note";
    note.className = "c4h-wb__note";
    const sentence = document.createElement("p");
    sentence.textContent = words;
    note.append(sentence);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "nhsuk-button nhsuk-button--secondary nhsuk-button--small";
    button.textContent = "Back to the app";
    button.addEventListener("click", () => {
      this.note("");
      back?.();
      void this.show();
    });
    note.append(button);
    this.stage.before(note);
  }

  private offerWidths(): void {
    const place = document.getElementById("wb-widths");
    if (!place || !this.stage) return;
    place.hidden = false;
    place.setAttribute("role", "group");
    place.setAttribute("aria-label", "Width of the app");
    const buttons = (["desktop", "phone"] as const).map((width) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "c4h-wb__choice";
      button.textContent = width === "phone" ? "Phone" : "Desktop";
      button.addEventListener("click", () => choose(width));
      place.append(button);
      return [width, button] as const;
    });
    const choose = (chosen: Width): void => {
      if (this.stage) this.stage.dataset["width"] = chosen;
      for (const [width, button] of buttons) button.setAttribute("aria-pressed", String(width === chosen));
    };
    choose("desktop");
  }
}
