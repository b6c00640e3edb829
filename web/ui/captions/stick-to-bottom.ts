import type { Attachment } from 'svelte/attachments';

/** Nearer to the end than this counts as at the end: touch scrolling rarely stops on the last pixel. */
const NEAR_PX = 48;

/**
 * Keeps a scroller at its end while its content grows, unless the reader went up; coming back to the end takes it up
 * again. `report` is told whenever that changes.
 */
export function stickToBottom(report: (isAtEnd: boolean) => void): Attachment<HTMLElement> {
  return (scroller) => {
    let isAtEnd = true;
    let isUnfolding = false;
    const follow = () => {
      if (isUnfolding) onScroll();
      else if (isAtEnd) scroller.scrollTop = scroller.scrollHeight;
      isUnfolding = false;
    };
    // What grows because of a click was asked for where it is; the end must not pull it away.
    const onClick = () => (isUnfolding = true);
    const onScroll = () => {
      const isNowAtEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_PX;
      if (isNowAtEnd === isAtEnd) return;
      isAtEnd = isNowAtEnd;
      report(isAtEnd);
    };
    const growth = new ResizeObserver(follow);
    growth.observe(scroller);
    for (const child of scroller.children) growth.observe(child);
    scroller.addEventListener('scroll', onScroll, { passive: true });
    scroller.addEventListener('click', onClick);
    follow();
    return () => {
      growth.disconnect();
      scroller.removeEventListener('scroll', onScroll);
      scroller.removeEventListener('click', onClick);
    };
  };
}
