import { createApp } from 'vue'
import { Api } from './api'
import App from './App.vue'
import { Conversation } from './conversation'
import { newId } from './id'
import { forgiving, Memory } from './memory'
import './styles/tokens.css'
import './styles/base.css'

const memory = new Memory(forgiving(() => sessionStorage), forgiving(() => localStorage))
document.documentElement.dataset.textSize = memory.textSize

const conversation = new Conversation({
  api: new Api(window.fetch.bind(window)),
  memory,
  newId: () => newId(window.crypto),
  random: Math.random,
  now: Date.now,
})

window.addEventListener('online', () => conversation.wake())
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) conversation.wake()
})

createApp(App, { conversation, memory }).mount('#app')
void conversation.run()
