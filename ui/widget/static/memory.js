// The conversation, kept by the browser as long as its tab is open.

const MOST_TURNS = 20;

/** What is kept for an embed; where the browser keeps nothing, nothing is lost but that. */
export class Memory {
  constructor(id) {
    this.key = `dalil-chat:${id}`;
  }

  read() {
    try {
      const turns = JSON.parse(sessionStorage.getItem(this.key));
      return Array.isArray(turns) ? turns : [];
    } catch {
      return [];
    }
  }

  write(turns) {
    const kept = turns.slice(-MOST_TURNS).map(({ question, answer }) => ({ question, answer }));
    try {
      sessionStorage.setItem(this.key, JSON.stringify(kept));
    } catch {
      // Storage may be denied, or full.
    }
  }
}
