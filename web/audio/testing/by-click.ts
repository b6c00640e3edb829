import { userEvent } from 'vitest/browser';

/** Does something in the task of a real click: only there do browsers let a page begin to sound. */
export async function byClick<T>(act: () => T | Promise<T>): Promise<T> {
  const button = document.body.appendChild(document.createElement('button'));
  button.textContent = 'talk';
  const done = new Promise<T>((resolve, reject) => {
    button.onclick = () => {
      Promise.resolve(act()).then(resolve, reject);
    };
  });
  await userEvent.click(button);
  button.remove();
  return done;
}
